/**
 * Manifests: the bytes as they came, and what they point at.
 *
 * Bytes are never re-serialised: a manifest travels verbatim, and its parsed form is only for reading. Schema 1
 * manifests are recognised and refused, because converting one changes its digest.
 */
import { SyntaxFault } from '../errors.ts'
import { type Descriptor, descriptorFromJson } from './descriptor.ts'
import type { Digest } from './digest.ts'
import { isRecord, stringMap, stringOrUndefined } from './json.ts'
import { manifestKindOf, OCI_INDEX, OCI_MANIFEST } from './media-types.ts'

/** A manifest as it travels. `digest` is always that of `bytes`: whoever makes one has checked. */
export interface RawManifest {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Uint8Array
}

interface ManifestBase {
  readonly mediaType: string
  readonly artifactType?: string
  /** The manifest this one is about (OCI 1.1 referrers). */
  readonly subject?: Descriptor
  readonly annotations?: Readonly<Record<string, string>>
}

/** One image or artifact: a config and layers. The withdrawn OCI artifact manifest has blobs and no config. */
export interface ImageManifest extends ManifestBase {
  readonly kind: 'image'
  readonly config?: Descriptor
  readonly layers: readonly Descriptor[]
}

/** A list of manifests, usually one for each platform. */
export interface IndexManifest extends ManifestBase {
  readonly kind: 'index'
  readonly manifests: readonly Descriptor[]
}

export type Manifest = ImageManifest | IndexManifest

/** Largest manifest accepted, bytes: what the distribution-spec asks registries to take at least. */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 * 1024

/**
 * @param what names the manifest in messages, for instance `quay.io/a/b@sha256:…`
 * @throws SyntaxFault when the bytes are no manifest, or one of schema 1.
 */
export function parseManifest(raw: Pick<RawManifest, 'mediaType' | 'bytes'>, what: string): Manifest {
  const json = parseJson(raw.bytes, what)
  const mediaType = mediaTypeOf(json, raw.mediaType)
  const kind = manifestKindOf(mediaType)
  if (kind === 'schema1' || json.schemaVersion === 1) throw schema1Refused(what)
  if (kind === undefined)
    throw new SyntaxFault(`${what}: unknown manifest media type "${mediaType}"`, {
      hint: 'mirrorform carries OCI images, indexes and artifacts, and Docker v2 schema 2 manifests and lists',
    })
  refuseAmbiguous(json, kind, what)
  const base = {
    mediaType,
    ...optional('artifactType', stringOrUndefined(json.artifactType)),
    ...optional(
      'subject',
      json.subject == null ? undefined : descriptorFromJson(json.subject, `${what}: subject`),
    ),
    ...optional('annotations', stringMap(json.annotations)),
  }
  if (kind === 'index') {
    return { kind, ...base, manifests: descriptors(json.manifests, what, 'manifests') }
  }
  const layers = descriptors(json.layers ?? json.blobs ?? [], what, 'layers')
  if (json.config == null) return { kind, ...base, layers }
  return { kind, ...base, config: descriptorFromJson(json.config, `${what}: config`), layers }
}

/** All blobs an image manifest points at, config first. */
export function blobsOf(manifest: ImageManifest): readonly Descriptor[] {
  return manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers]
}

/** What kind of artifact a manifest is, as a referrers list states it (OCI distribution-spec 1.1, "Listing Referrers"). */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  return manifest.artifactType ?? (manifest.kind === 'image' ? manifest.config?.mediaType : undefined)
}

function parseJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new SyntaxFault(`${what}: the manifest is not JSON`, { cause })
  }
  if (!isRecord(value)) throw new SyntaxFault(`${what}: the manifest is not a JSON object`)
  return value
}

/** The manifest's own media type, else the server's, else what its fields show (OCI allows leaving it out). */
function mediaTypeOf(json: Record<string, unknown>, stated: string): string {
  const own = stringOrUndefined(json.mediaType)
  if (own !== undefined && own !== '') return own
  if (manifestKindOf(stated) !== undefined) return stated
  if (Array.isArray(json.manifests)) return OCI_INDEX
  return Array.isArray(json.layers) ? OCI_MANIFEST : stated
}

function descriptors(value: unknown, what: string, field: string): readonly Descriptor[] {
  if (!Array.isArray(value)) throw new SyntaxFault(`${what}: "${field}" is not a list`)
  return value.map((entry, at) => descriptorFromJson(entry, `${what}: ${field}[${at}]`))
}

/** A document that reads as image and as index is two images under one digest (OCI image-spec 1.0.2, advisory on media types). */
function refuseAmbiguous(json: Record<string, unknown>, kind: 'image' | 'index', what: string): void {
  const foreign = kind === 'image' ? ['manifests'] : ['config', 'layers', 'fsLayers']
  const found = foreign.find(field => json[field] != null)
  if (found === undefined) return
  throw new SyntaxFault(`${what}: the manifest is an ${kind} and has "${found}" as well`, {
    hint: 'other tools would read it as something else; ask whoever made it for a clean image',
  })
}

function schema1Refused(what: string): SyntaxFault {
  return new SyntaxFault(`${what}: Docker schema 1 manifests are not carried`, {
    hint: 'converting one would change its digest; ask for the image by a newer tag, or rebuild and push it with a current tool',
  })
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
