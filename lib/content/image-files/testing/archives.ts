/**
 * Layers for tests, entry by entry, also such as no build tool writes, and an image of them that is held in memory and
 * says which of its layers were opened.
 */
import { digestOf, verifyStream } from '../../../oci/digest.ts'
import type { ImageManifest } from '../../../oci/manifest.ts'
import { OCI_MANIFEST } from '../../../oci/media-types.ts'
import type { RepositoryReader } from '../../../provider.ts'

export const SIGNAL: AbortSignal = new AbortController().signal

export type ArchiveEntry =
  | { readonly file: string; readonly text?: string }
  | { readonly folder: string }
  | { readonly special: string }
  | { readonly symlink: string; readonly to: string }
  | { readonly link: string; readonly to: string }

/** An uncompressed archive: ustar headers, and GNU's long names where a name does not fit. */
export function archiveOf(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap(entry => {
    if ('file' in entry) return member('0', entry.file, Buffer.from(entry.text ?? ''))
    if ('folder' in entry) return member('5', `${entry.folder}/`)
    if ('special' in entry) return member('3', entry.special)
    if ('symlink' in entry) return member('2', entry.symlink, Buffer.alloc(0), entry.to)
    return member('1', entry.link, Buffer.alloc(0), entry.to)
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function member(type: string, name: string, content = Buffer.alloc(0), link = ''): readonly Buffer[] {
  const long = Buffer.byteLength(name) > 100 ? member('L', '././@LongLink', Buffer.from(`${name}\0`)) : []
  const header = Buffer.alloc(512)
  header.write(name.slice(0, 50), 0)
  if (long.length === 0) header.write(name, 0, 100)
  header.write('0000644\x000000000\x000000000\0', 100)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0        ', 136)
  header.write(type, 156)
  header.write(link, 157, 100)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [...long, header, content, Buffer.alloc(-content.length & 511)]
}

/** @param layers from the bottom up, as a manifest lists them */
export function imageOf(layers: readonly Uint8Array[]): {
  readonly reader: RepositoryReader
  readonly manifest: ImageManifest
  /** Indexes of layers in the order they were opened. */
  readonly opened: readonly number[]
} {
  const descriptors = layers.map(bytes => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(bytes),
    size: bytes.length,
  }))
  const opened: number[] = []
  const reader: RepositoryReader = {
    name: 'registry.example/acme/app',
    resolve: async () => undefined,
    manifest: async () => Promise.reject(new Error('no manifest was expected to be read')),
    blob: async descriptor => {
      const at = descriptors.findIndex(({ digest }) => digest === descriptor.digest)
      opened.push(at)
      return verifyStream(descriptor.digest, inPieces(layers[at] ?? new Uint8Array()), descriptor)
    },
  }
  return { reader, manifest: { kind: 'image', mediaType: OCI_MANIFEST, layers: descriptors }, opened }
}

/** Pieces of an odd length, so that nothing falls together with the blocks of an archive. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1013) yield bytes.subarray(at, at + 1013)
}

export function textsOf(files: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}
