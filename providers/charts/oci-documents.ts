/**
 * Charts of OCI registries as documents: `oci://HOST/PATH:TAG` is the packaged chart, `oci://HOST/PATH` a JSON list of the
 * tags there (Helm, "Use OCI-based registries"). Everything else is handed on to the reader of the web.
 */
import { type MirrorformError, PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { parseManifest } from '../../lib/oci/manifest.ts'
import { formatReference, parseReference, pullBy, type Reference } from '../../lib/oci/reference.ts'
import { canListTags, type RepositoryReader, type Sources, type WebReader } from '../../lib/provider.ts'

const SCHEME = 'oci://'
const CONTENT: ReadonlySet<string> = new Set([
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  // Helm 3.0 to 3.6, "experimental".
  'application/tar+gzip',
])

export function withOciCharts(web: WebReader, sources: Sources): WebReader {
  return {
    get(url, request, signal) {
      if (!url.startsWith(SCHEME)) return web.get(url, request, signal)
      const reference = parseReference(url.slice(SCHEME.length))
      const reader = sources.open({ kind: 'registry', reference })
      return reference.tag === undefined && reference.digest === undefined
        ? readTags(reader, signal)
        : readChart(reader, reference, request.maxBytes, signal)
    },
  }
}

async function readTags(reader: RepositoryReader, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (!canListTags(reader))
    throw new PlaceError(`${reader.name} cannot list the versions of the chart`, {
      hint: 'name the version in the image set',
    })
  const listed = await reader.tags(signal)
  return listed && new TextEncoder().encode(JSON.stringify({ tags: listed.tags }))
}

async function readChart(
  reader: RepositoryReader,
  reference: Reference,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const name = formatReference(reference)
  const found = await reader.resolve(pullBy(reference), signal)
  if (found === undefined) return undefined
  const manifest = parseManifest(await reader.manifest(found.digest, signal), name)
  const layer =
    manifest.kind === 'image' ? manifest.layers.find(({ mediaType }) => CONTENT.has(mediaType)) : undefined
  if (layer === undefined) throw noChart(name)
  return readBlob(reader, layer, maxBytes, name, signal)
}

async function readBlob(
  reader: RepositoryReader,
  layer: Descriptor,
  maxBytes: number,
  name: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (layer.size > maxBytes)
    throw new PlaceError(`the chart ${name} has more than ${maxBytes} bytes`, {
      hint: 'charts are far smaller: check the name',
    })
  const chunks: Uint8Array[] = []
  for await (const chunk of await reader.blob(layer, signal)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function noChart(name: string): MirrorformError {
  return new PlaceError(`${name} is there, and is no Helm chart`, {
    hint: 'the url of an OCI repository and the name of the chart together name the artifact that `helm push` made',
  })
}
