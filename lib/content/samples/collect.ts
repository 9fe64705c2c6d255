/** `mirror.samples` and what a cluster says of its samples → wanted images. Whatever is not found is told in one error. */

import type { SampleSection } from '../../config/index.ts'
import { suggestKey } from '../../config/key-suggestion.ts'
import { messageOf, PlanError, SyntaxFault, UsageError } from '../../errors.ts'
import type { WantedImage } from '../wanted.ts'
import type { SampleInventory, SampleTag } from './inventory.ts'
import { placeSample } from './place.ts'

/** All of them. */
const EVERY = '*'

/**
 * @param inventory undefined where nobody said what samples the cluster has
 * @throws UsageError without an inventory; PlanError naming every sample that is not there, or cannot be mirrored
 */
export function collectSamples(
  sections: readonly SampleSection[],
  inventory: SampleInventory | undefined,
): readonly WantedImage[] {
  const [first] = sections
  if (first === undefined) return []
  if (inventory === undefined)
    throw new UsageError(
      `${first.place}: mirror.samples names image streams of a cluster, and their images are not known`,
      {
        hint: 'give --samples-from FILE: the ConfigMap imagestreamtag-to-image of the cluster, or its image streams',
      },
    )
  const faults: string[] = []
  const images = sections.flatMap(section => {
    const tags = inventory.tags.filter(tag => isNamed(section.name, tag))
    if (tags.length === 0) faults.push(notFound(section, inventory))
    return tags.flatMap(tag => wantedSample(tag, faults) ?? [])
  })
  if (faults.length > 0)
    throw new PlanError(faults.join('\n'), {
      hint: `the samples there are: ${streamsText(inventory)}; write NAME, NAME:TAG or "${EVERY}"`,
    })
  return images
}

function isNamed(name: string, { stream, tag }: SampleTag): boolean {
  return name === EVERY || name === stream || name === `${stream}:${tag}`
}

function wantedSample({ stream, tag, image }: SampleTag, faults: string[]): WantedImage | undefined {
  try {
    const place = placeSample(image)
    return {
      source: { kind: 'registry', reference: place.reference },
      repository: place.repository,
      tag: place.tag,
      platforms: [],
      origins: [{ kind: 'sample', name: `${stream}:${tag}` }],
    }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    faults.push(`the sample ${stream}:${tag} cannot be mirrored: ${messageOf(error)}`)
    return undefined
  }
}

function notFound({ name, place }: SampleSection, { tags }: SampleInventory): string {
  const known = tags.flatMap(({ stream, tag }) => [stream, `${stream}:${tag}`])
  const near = suggestKey(name, known)
  return `${place}: there is no sample "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`
}

/** Names in one hint before "and 3 more". */
const LISTED = 12

function streamsText({ tags }: SampleInventory): string {
  const streams = [...new Set(tags.map(({ stream }) => stream))]
  const more = streams.length - LISTED
  return streams.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
