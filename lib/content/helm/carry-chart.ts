/**
 * A packaged chart → the OCI artifact that `helm push` makes of it (Helm, "Use OCI-based registries": manifest, config with
 * Chart.yaml, one layer with the package), without the time of day, so that the same chart is the same artifact.
 */
import type { MadeImage, Origin } from '../../graph/graph.ts'
import { type Digest, digestOf } from '../../oci/digest.ts'
import { OCI_MANIFEST } from '../../oci/media-types.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'
import type { ChartMetadata } from './chart/chart.ts'
import { tagOfVersion } from './repository/addresses.ts'
import { shownAddress } from './shown-address.ts'
import { toPlain } from './template/value.ts'

export const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json'
export const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'

export interface CarriedChart {
  readonly metadata: ChartMetadata
  readonly archive: Uint8Array
  /** Where the chart is from, as the image set has it. */
  readonly repository: string
  /** The artifact it is at its source: `oci://HOST/PATH:TAG`. */
  readonly artifact?: string
  readonly origin: Origin
}

/** Below the target's prefix: `charts/podinfo:5.0.0`. */
export function carryChart({ metadata, archive, repository, artifact, origin }: CarriedChart): WantedImage {
  const place = {
    repository: parseRepositoryPath(`charts/${metadata.name.toLowerCase()}`),
    tag: parseTag(tagOfVersion(metadata.version)),
    platforms: [],
    origins: [origin],
  }
  if (artifact !== undefined) {
    const reference = parseReference(artifact.slice('oci://'.length))
    return { source: { kind: 'registry', reference }, ...place }
  }
  // Not read: everything the artifact consists of travels with the plan.
  return {
    source: { kind: 'layout', folder: shownAddress(repository) },
    ...place,
    made: artifactOf(metadata, archive),
  }
}

function artifactOf({ name, version, written }: ChartMetadata, archive: Uint8Array): MadeImage {
  const config = new TextEncoder().encode(JSON.stringify(toPlain(written)))
  const described = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  })
  const description = written.get('description')
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: described(CHART_CONFIG, config),
    layers: [described(CHART_LAYER, archive)],
    annotations: {
      ...(typeof description === 'string' && { 'org.opencontainers.image.description': description }),
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
    },
  })
  return {
    root: digestOf(text),
    manifests: [{ mediaType: OCI_MANIFEST, text }],
    blobs: new Map<Digest, Uint8Array>([
      [digestOf(config), config],
      [digestOf(archive), archive],
    ]),
  }
}
