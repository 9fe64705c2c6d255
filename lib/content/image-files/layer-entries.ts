/**
 * One layer → its entries in order (OCI image-spec 1.1, "Image Layer Filesystem Changeset"), and the contents of those
 * that are asked for. Everything else flows through. Entries that lead out of the image end the reading.
 */
import { type Extract, extract, type Header } from 'tar-stream'
import { MirrorformError, messageOf } from '../../errors.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import type { RepositoryReader } from '../../provider.ts'
import { entryPath } from './entry-path.ts'
import { ImageFault } from './image-fault.ts'
import { unpack } from './unpack.ts'

/** `at` counts the entries of a layer. */
export type LayerEntry =
  | { readonly kind: 'file'; readonly at: number; readonly path: string; readonly size: number }
  | { readonly kind: 'directory'; readonly at: number; readonly path: string }
  /** A device or a pipe: nothing to read, but it hides what lay at its path. */
  | { readonly kind: 'special'; readonly at: number; readonly path: string }
  /** `target` is a path like any other. */
  | { readonly kind: 'hard link'; readonly at: number; readonly path: string; readonly target: string }
  /** `target` as it is written. */
  | { readonly kind: 'symlink'; readonly at: number; readonly path: string; readonly target: string }
  /** Nothing that lower layers have at the path is there any more. */
  | { readonly kind: 'whiteout'; readonly at: number; readonly path: string }
  /** Nothing that lower layers have in the folder is there any more. */
  | { readonly kind: 'opaque'; readonly at: number; readonly path: string }

export interface LayerVisitor {
  /** @returns whether the content of a file is wanted. @throws ImageFault when it is too long to be read */
  visit(entry: LayerEntry): boolean
  keep(at: number, bytes: Uint8Array): void
}

export interface LayerLimits {
  /** Of the unpacked archive. */
  readonly maxLayerBytes: number
}

/** More than any layer has; what is known of each is held in memory. */
const MAX_ENTRIES = 1_000_000

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** aufs's own notes, which mean nothing elsewhere. */
const AUFS = /(?:^|\/)\.wh\.\.wh\./

/** `quay.io/acme/app: layer sha256:…`, for messages. */
export function layerName(reader: RepositoryReader, layer: Descriptor): string {
  return `${reader.name}: layer ${layer.digest}`
}

/**
 * Reads the whole layer; when it returns, the digest of the layer was right.
 *
 * @throws ImageFault naming image, layer and entry; PlaceError, DigestMismatchError as the reader does
 */
export async function readLayer(
  reader: RepositoryReader,
  layer: Descriptor,
  limits: LayerLimits,
  visitor: LayerVisitor,
  signal: AbortSignal,
): Promise<void> {
  const what = layerName(reader, layer)
  const blob = await reader.blob(layer, signal)
  await unpack(blob, what, limits.maxLayerBytes, archive => readArchive(archive, what, visitor))
}

async function readArchive(
  archive: AsyncIterable<Uint8Array>,
  what: string,
  visitor: LayerVisitor,
): Promise<void> {
  const parser = extract()
  const feeding = feed(archive, parser)
  feeding.catch(() => {})
  let at = 0
  try {
    for await (const content of parser) {
      if (at >= MAX_ENTRIES) throw new ImageFault(`${what}: it has more than ${MAX_ENTRIES} entries`)
      const entry = toEntry(content.header, at, what)
      const wanted = entry !== undefined && visitor.visit(entry)
      if (wanted) visitor.keep(at, await contentOf(content as AsyncIterable<Uint8Array>, content.header.size))
      else content.resume()
      at++
    }
    await feeding
  } catch (cause) {
    if (cause instanceof MirrorformError) throw cause
    throw new ImageFault(`${what}: the archive cannot be read after entry ${at}: ${messageOf(cause)}`, {
      cause,
      hint: 'the layer is no tar archive or is cut short: the image was built or stored wrongly',
    })
  } finally {
    parser.destroy(null)
  }
}

async function feed(archive: AsyncIterable<Uint8Array>, parser: Extract): Promise<void> {
  try {
    for await (const chunk of archive) {
      if (parser.destroyed) return
      if (!parser.write(chunk)) await roomIn(parser)
    }
    parser.end(undefined)
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

function roomIn(parser: Extract): Promise<void> {
  return new Promise(resolve => {
    if (parser.destroyed) return resolve()
    const go = () => {
      parser.removeListener('drain', go)
      parser.removeListener('close', go)
      resolve()
    }
    parser.on('drain', go)
    parser.on('close', go)
  })
}

/** Into one piece of memory from the start: the files of a catalog are hundreds of megabytes. */
async function contentOf(content: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for await (const chunk of content) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes.subarray(0, at)
}

/** undefined for the root itself and for notes of aufs. */
function toEntry(header: Header, at: number, what: string): LayerEntry | undefined {
  const path = entryPath(header.name)
  if (path === undefined) throw escapes(what, `entry ${JSON.stringify(shown(header.name))}`)
  if (path === '') return undefined
  const slash = path.lastIndexOf('/')
  const folder = path.slice(0, Math.max(slash, 0))
  const name = path.slice(slash + 1)
  if (name === OPAQUE) return { kind: 'opaque', at, path: folder }
  if (AUFS.test(path)) return undefined
  if (name.startsWith(WHITEOUT)) {
    const hidden = name.slice(WHITEOUT.length)
    if (hidden === '' || hidden === '.' || hidden === '..') throw escapes(what, `entry "${path}"`)
    return { kind: 'whiteout', at, path: slash < 0 ? hidden : `${folder}/${hidden}` }
  }
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { kind: 'file', at, path, size: header.size }
    case 'directory':
      return { kind: 'directory', at, path }
    case 'symlink':
      return { kind: 'symlink', at, path, target: header.linkname ?? '' }
    case 'link': {
      const target = entryPath(header.linkname ?? '')
      if (!target)
        throw escapes(what, `entry "${path}", a link to ${JSON.stringify(shown(header.linkname ?? ''))},`)
      return { kind: 'hard link', at, path, target }
    }
    default:
      return { kind: 'special', at, path }
  }
}

function escapes(what: string, entry: string): ImageFault {
  return new ImageFault(`${what}: ${entry} leads out of the image`, {
    hint: 'no build tool writes such a layer: do not use the image before you know where it comes from',
  })
}

/** Characters of a name that are worth showing. */
const MAX_SHOWN = 200

function shown(name: string): string {
  return name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name
}
