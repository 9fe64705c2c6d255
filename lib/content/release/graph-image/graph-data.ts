/**
 * The archive of update-graph data (a gzip-compressed tar, as the public service serves it) -> the files of the layer that
 * carries it: regular files only, below the folder the update service copies from.
 *
 * What an archive of graph data never has is refused, because it is unpacked in a container at the other end: links,
 * devices, paths that lead outside, and far more than graph data ever was.
 */
import { Buffer } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { messageOf, PlanError } from '../../../errors.ts'
import { compareText } from '../../../target.ts'
import type { LayerFile } from '../../image-build/index.ts'

/** Where the image's command copies from (oc-mirror v2, graph image), without the leading slash. */
export const GRAPH_DATA_FOLDER = 'var/lib/cincinnati-graph-data'

/** The data of 2026 unpacks to 2.3 MB in 1,800 files. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024
const MAX_ENTRIES = 100_000
/** Every graph has its channels there (cincinnati-graph-data, "schema"). */
const CHANNELS = `${GRAPH_DATA_FOLDER}/channels/`
const HINT = 'look at where it comes from; --graph-data-url names another archive, also as file://'

/**
 * @param name of the archive, for messages
 * @returns sorted by path, each path once: the last of its name wins, as when it is unpacked
 * @throws PlanError when it is no such archive, or a hostile one
 */
export async function unpackGraphData(archive: Uint8Array, name: string): Promise<readonly LayerFile[]> {
  const refuse = (what: string, cause?: unknown): PlanError =>
    new PlanError(`the graph data ${name} ${what}`, { hint: HINT, cause })
  const files = new Map<string, Uint8Array>()
  const reader = extract()
  reader.end(unzip(archive, refuse))
  let entries = 0
  try {
    for await (const entry of reader) {
      entries += 1
      if (entries > MAX_ENTRIES) throw refuse(`has more than ${MAX_ENTRIES} entries`)
      const chunks: Uint8Array[] = []
      for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk)
      const path = pathOf(entry.header, refuse)
      if (path !== undefined) files.set(path, Buffer.concat(chunks))
    }
  } catch (error) {
    if (error instanceof PlanError) throw error
    throw refuse(`is no tar archive: ${messageOf(error)}`, error)
  }
  if (![...files.keys()].some(path => path.startsWith(CHANNELS))) throw refuse('has no folder channels')
  return [...files].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => compareText(a.path, b.path))
}

function unzip(archive: Uint8Array, refuse: (what: string, cause?: unknown) => PlanError): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch (cause) {
    const isLong = cause instanceof RangeError
    throw refuse(
      isLong ? `unpacks to more than ${MAX_UNPACKED_BYTES} bytes` : 'is not gzip-compressed',
      cause,
    )
  }
}

/** undefined for a folder. */
function pathOf({ name, type }: Header, refuse: (what: string) => PlanError): string | undefined {
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  const isOutside = name.startsWith('/') || parts.includes('..') || /[\\\0]/.test(name)
  if (isOutside) throw refuse(`has an entry ${JSON.stringify(name)}, which leads outside`)
  if (type === 'directory') return undefined
  if (type !== 'file' && type !== 'contiguous-file')
    throw refuse(`has an entry ${JSON.stringify(name)} that is a ${type ?? 'thing of unknown kind'}`)
  if (parts.length === 0 || parts.some(part => part.startsWith('.wh.')))
    throw refuse(`has a file ${JSON.stringify(name)}, which means something else in an image`)
  return [GRAPH_DATA_FOLDER, ...parts].join('/')
}
