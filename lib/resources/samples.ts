/**
 * Samples of a mirror → what makes the Cluster Samples Operator import them from there: its configuration, and the
 * certificate authority of the mirror for imports. Image streams that the mirror does not hold whole are skipped, or their
 * imports would fail for ever.
 */
import { placeSample, type SampleTag } from '../content/samples/index.ts'
import { ResourceError, SyntaxFault } from '../errors.ts'
import { formatReference } from '../oci/reference.ts'
import type { StateImage } from '../state.ts'
import { compareText } from '../target.ts'
import { listedNames } from './listed-names.ts'
import { registryOf } from './mirror-registry.ts'
import type { ClusterObject, HeldImages, SamplesAsked } from './resource.ts'

export interface SamplesChoice {
  readonly config: readonly ClusterObject[]
  readonly authority: readonly ClusterObject[]
  readonly notes: readonly string[]
}

const NOTHING = { config: [], authority: [] } as const
const AUTHORITIES = 'registry-config'
const PEM = /^-----BEGIN CERTIFICATE-----$[\s\S]+^-----END CERTIFICATE-----$/m

/** @throws ResourceError for an authority that is no PEM certificate */
export function samplesChoice(held: HeldImages, asked: SamplesAsked | undefined): SamplesChoice {
  const hasSamples = held.images.some(isSample)
  if (asked === undefined)
    return {
      ...NOTHING,
      notes: hasSamples
        ? [
            'The mirror holds samples: with --samples-from FILE the Samples Operator is told to take them from it.',
          ]
        : [],
    }
  if (!hasSamples)
    return {
      ...NOTHING,
      notes: ['The mirror holds no samples: there is nothing to tell the Samples Operator.'],
    }
  const places = placesOf(held)
  const { tags, streams } = asked.inventory
  const lacking = new Set(tags.filter(tag => !places.has(placeOf(tag))).map(({ stream }) => stream))
  const mirrored = new Set(tags.map(({ stream }) => stream).filter(stream => !lacking.has(stream)))
  const skipped = streams.filter(stream => !mirrored.has(stream))
  const partly = [
    ...new Set(
      tags.filter(tag => lacking.has(tag.stream) && places.has(placeOf(tag))).map(({ stream }) => stream),
    ),
  ]
  return {
    config: [samplesConfig(held, skipped)],
    authority: asked.authority === undefined ? [] : authorityObjects(held, asked.authority),
    notes:
      partly.length === 0
        ? []
        : [
            `The mirror holds some tags of ${listedNames(partly)} and lacks others: these image streams are skipped whole.`,
          ],
  }
}

function isSample({ origins }: StateImage): boolean {
  return origins.some(({ kind }) => kind === 'sample')
}

/** Whatever put them there: an image is where the operator looks for it, or it is not. */
function placesOf({ target, images }: HeldImages): ReadonlySet<string> {
  const { prefix } = registryOf(target)
  const start = prefix === '' ? '' : `${prefix}/`
  return new Set(
    images
      .filter(({ destination }) => destination.repository.startsWith(start))
      .map(
        ({ source, destination }) =>
          `${source} ${destination.repository.slice(start.length)}:${destination.tag}`,
      ),
  )
}

/** Empty, and so nowhere, for what cannot be mirrored. */
function placeOf({ image }: SampleTag): string {
  try {
    const { reference, repository, tag } = placeSample(image)
    return `${formatReference(reference)} ${repository}:${tag}`
  } catch (error) {
    if (error instanceof SyntaxFault) return ''
    throw error
  }
}

function samplesConfig({ target }: HeldImages, skipped: readonly string[]): ClusterObject {
  const { host, prefix } = registryOf(target)
  return {
    apiVersion: 'samples.operator.openshift.io/v1',
    kind: 'Config',
    metadata: { name: 'cluster' },
    spec: {
      managementState: 'Managed',
      samplesRegistry: prefix === '' ? host : `${host}/${prefix}`,
      skippedImagestreams: skipped.toSorted(compareText),
    },
  }
}

/** Keys of the ConfigMap write the `:` before a port as `..`. */
function authorityObjects(
  { target }: HeldImages,
  { path, text }: { readonly path: string; readonly text: string },
): readonly ClusterObject[] {
  if (!PEM.test(text.replaceAll('\r', '')))
    throw new ResourceError(`${path} holds no certificate in PEM`, {
      hint: 'it has to have -----BEGIN CERTIFICATE-----; a key does not belong there',
    })
  if (text.includes('PRIVATE KEY'))
    throw new ResourceError(`${path} holds a private key`, {
      hint: 'give the certificate of the authority alone: what is in resources is seen by everybody',
    })
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: AUTHORITIES, namespace: 'openshift-config' },
      data: { [registryOf(target).host.replace(':', '..')]: text },
    },
    {
      apiVersion: 'config.openshift.io/v1',
      kind: 'Image',
      metadata: { name: 'cluster' },
      spec: { additionalTrustedCA: { name: AUTHORITIES } },
    },
  ]
}
