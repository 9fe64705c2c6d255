/**
 * A made catalog <-> bytes kept between runs, by catalog, choice and the way it was made: planning again needs neither the
 * documents of the catalog nor a compressor.
 */
import type { MadeImage } from '../../../graph/graph.ts'
import { type Digest, digestOf, parseDigest } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import type { FactCache } from '../../../provider.ts'
import type { CatalogModel } from '../model.ts'

/** Goes up whenever the same catalog and choice would make another image. */
const REBUILD_VERSION = 2
/** Bytes of the length that begins the entry. */
const LENGTH_BYTES = 4

export interface MadeKey {
  readonly catalog: Digest
  /** Names what was asked of the catalog, platforms included. */
  readonly filterHash: string
  /** What was answered: the rules of filtering may change between versions of this program. */
  readonly left: CatalogModel
}

interface Header {
  readonly root: Digest
  readonly manifests: MadeImage['manifests']
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[]
}

/** What was made before, else what `make` makes, which is kept. */
export async function madeOnce(
  facts: FactCache,
  key: MadeKey,
  make: () => Promise<MadeImage>,
): Promise<MadeImage> {
  const { catalog, filterHash, left } = key
  const name = `made-catalog/${REBUILD_VERSION}/${catalog}/${filterHash}/${digestOf(namesIn(left))}`
  const kept = await facts.get(name)
  const known = kept && decodeMade(kept)
  if (known !== undefined) return known
  const made = await make()
  await facts.put(name, encodeMade(made))
  return made
}

/** Names tell what is left: what a name stands for is the catalog's. */
function namesIn({ packages }: CatalogModel): string {
  return JSON.stringify(
    packages.map(({ name, defaultChannel, channels, bundles, deprecations }) => [
      name,
      defaultChannel ?? null,
      channels.map(channel => [channel.name, channel.entries.map(entry => entry.name)]),
      [...bundles.keys()],
      deprecations.length,
    ]),
  )
}

export function encodeMade({ root, manifests, blobs }: MadeImage): Uint8Array {
  const listed = [...blobs].map(([digest, bytes]) => ({ digest, size: bytes.length }))
  const header = Buffer.from(JSON.stringify({ root, manifests, blobs: listed } satisfies Header))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(header.length)
  return Buffer.concat([length, header, ...blobs.values()])
}

/** undefined for bytes that are not what was written: nothing of them is used. */
export function decodeMade(bytes: Uint8Array): MadeImage | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (buffer.length < LENGTH_BYTES) return undefined
  let at = LENGTH_BYTES + buffer.readUInt32BE()
  const header = readHeader(buffer.subarray(LENGTH_BYTES, at))
  if (header === undefined) return undefined
  const blobs = new Map<Digest, Uint8Array>()
  for (const { digest, size } of header.blobs) {
    if (!(size >= 0 && at + size <= bytes.length)) return undefined
    const blob = new Uint8Array(bytes.buffer, bytes.byteOffset + at, size)
    if (digestOf(blob) !== digest) return undefined
    blobs.set(digest, blob)
    at += size
  }
  const isWhole = at === buffer.length && header.manifests.some(({ text }) => digestOf(text) === header.root)
  return isWhole ? { root: header.root, manifests: header.manifests, blobs } : undefined
}

function readHeader(bytes: Uint8Array): Header | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString())
    if (!isRecord(json) || !Array.isArray(json.manifests) || !Array.isArray(json.blobs)) return undefined
    return {
      root: parseDigest(String(json.root)),
      manifests: json.manifests.filter(isRecord).map(({ mediaType, text }) => ({
        mediaType: String(mediaType),
        text: String(text),
      })),
      blobs: json.blobs.filter(isRecord).map(({ digest, size }) => ({
        digest: parseDigest(String(digest)),
        size: Number(size),
      })),
    }
  } catch {
    return undefined
  }
}
