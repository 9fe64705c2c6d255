/**
 * A reference to a payload in any registry → where it and its components are read: mirrors of a list first, then the
 * places where mirroring tools put components beside their payload, then the names that the payload records.
 */
import type { SourceMirrors } from '../../../config/index.ts'
import { MirrorformError, messageOf, PlaceError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import {
  formatReference,
  parseRepositoryPath,
  pullBy,
  type Reference,
  repositoryName,
} from '../../../oci/reference.ts'
import type { RepositoryReader, Sources } from '../../../provider.ts'
import { candidatesFor } from './candidates.ts'
import type { FindComponent, ImagePlace } from './extract-command.ts'

/** oc-mirror and mirrorform put payloads into the one and components into the other. */
const PAYLOADS = /(^|\/)release-images$/

export interface NamedRelease extends ImagePlace {
  /** As it was named, by digest: `reg.lan/ocp/release@sha256:…`. */
  readonly pin: string
}

/** @throws PlaceError when it is in none of its places, with what each of them said */
export async function releaseByName(
  reference: Reference,
  sources: Sources,
  mirrors: readonly SourceMirrors[],
  signal: AbortSignal,
): Promise<NamedRelease> {
  const { references } = candidatesFor(reference, mirrors)
  const found = await firstOf(references, formatReference(reference), sources, signal)
  return { ...found, pin: `${repositoryName(reference)}@${found.digest}` }
}

/** @param release as it was named */
export function componentsBeside(
  release: Reference,
  sources: Sources,
  mirrors: readonly SourceMirrors[],
): FindComponent {
  return async ({ name, image }, signal) => {
    const { references, neverItself } = candidatesFor(image, mirrors)
    const [listed, itself] = neverItself ? [references, []] : [references.slice(0, -1), references.slice(-1)]
    const beside = pathsBeside(release).map(path => ({ host: release.host, path, digest: image.digest }))
    return firstOf([...listed, ...beside, ...itself], `the component "${name}"`, sources, signal)
  }
}

/** `oc adm release mirror` puts everything into one repository. */
function pathsBeside({ path }: Reference) {
  const sibling = path.replace(PAYLOADS, '$1release')
  return sibling === path ? [path] : [parseRepositoryPath(sibling), path]
}

/** The first place that answers with it. */
async function firstOf(
  references: readonly Reference[],
  what: string,
  sources: Sources,
  signal: AbortSignal,
): Promise<ImagePlace> {
  const said: string[] = []
  for (const reference of references) {
    const name = formatReference(reference)
    try {
      const reader: RepositoryReader = sources.open({ kind: 'registry', reference })
      const found: Digest | undefined = (await reader.resolve(pullBy(reference), signal))?.digest
      if (found !== undefined) return { reader, digest: found }
      said.push(`${name} does not exist`)
    } catch (error) {
      if (!(error instanceof MirrorformError) || signal.aborted) throw error
      said.push(messageOf(error))
    }
  }
  throw new PlaceError(`${what} cannot be read: ${said.join('; ')}`, {
    hint: 'name the release by version together with the state of its mirror, or the mirrors with --idms-file',
  })
}
