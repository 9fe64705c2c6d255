/**
 * The layers of one image → the wanted files as the image has them. Layers are read from the top down and no further than
 * needed; only wanted files are held in memory.
 *
 * A wanted name may be a link to a file that is not wanted itself. Its content has gone by when that is known: the layers
 * that hold such files are read once more.
 */
import type { Descriptor } from '../../oci/descriptor.ts'
import type { ImageManifest } from '../../oci/manifest.ts'
import type { RepositoryReader } from '../../provider.ts'
import type { FileQuery } from './file-query.ts'
import { ImageFault } from './image-fault.ts'
import { ImageTree } from './image-tree.ts'
import { type LayerEntry, layerName, readLayer } from './layer-entries.ts'
import { type FileNode, LayerTree } from './layer-tree.ts'

const DEFAULT_MAX_LAYER_BYTES = 16 * 1024 ** 3

/**
 * @param manifest of one platform (see `platformImage`)
 * @returns the content of each wanted file (and of each wanted link to a file), by path; whoever asks for a file that is
 *   not there, or for a link to nothing, does not find it in the result
 * @throws ImageFault naming image, layer and entry: an archive that cannot be read, names and links that lead out of the
 *   image, limits of `query`. PlaceError, DigestMismatchError as the reader does
 */
export async function readImageFiles(
  reader: RepositoryReader,
  manifest: ImageManifest,
  query: FileQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const reading = new Reading(reader, manifest.layers, query)
  const tree = new ImageTree()
  for (let layer = manifest.layers.length - 1; layer >= 0; layer--) {
    await reading.addLayer(tree, layer, signal)
    if (query.until?.length && query.until.every(path => reading.find(tree, path).kind !== 'open')) break
  }
  const files = new Map<string, FileNode>()
  // What is named in `until` may lie in a folder that is a link, and has no place of its own in the tree.
  for (const path of new Set([...tree.nodes.keys(), ...(query.until ?? [])])) {
    const node = tree.nodes.get(path)
    if (node?.kind === 'directory' || node?.kind === 'special' || !query.wanted(path)) continue
    const found = reading.find(tree, path)
    if (found.kind === 'file') files.set(path, found.node)
  }
  await reading.readLinked(new Set(files.values()), signal)
  return new Map([...files].map(([path, node]) => [path, reading.contentOf(node)]))
}

class Reading {
  readonly #reader: RepositoryReader
  readonly #layers: readonly Descriptor[]
  readonly #query: FileQuery
  readonly #contents = new Map<string, Uint8Array>()
  #kept = 0

  constructor(reader: RepositoryReader, layers: readonly Descriptor[], query: FileQuery) {
    this.#reader = reader
    this.#layers = layers
    this.#query = query
  }

  async addLayer(tree: ImageTree, layer: number, signal: AbortSignal): Promise<void> {
    const below = new LayerTree(layer)
    const keeps = (entry: LayerEntry) => {
      below.add(entry)
      return entry.kind === 'file' && this.#query.wanted(entry.path) && !tree.covers(entry.path)
    }
    await this.#readLayer(layer, keeps, signal)
    tree.addBelow(below)
  }

  /** Reads what is not in memory yet. */
  async readLinked(nodes: ReadonlySet<FileNode>, signal: AbortSignal): Promise<void> {
    const missing = [...nodes].filter(node => !this.#contents.has(keyOf(node)))
    for (const [layer, inLayer] of Map.groupBy(missing, node => node.layer)) {
      const wanted = new Set(inLayer.map(node => node.at))
      await this.#readLayer(layer, entry => wanted.has(entry.at), signal)
    }
  }

  find(tree: ImageTree, path: string) {
    return tree.find(path, layer => this.#nameOf(layer))
  }

  contentOf(node: FileNode): Uint8Array {
    const content = this.#contents.get(keyOf(node))
    if (content === undefined)
      throw new ImageFault(`${this.#nameOf(node.layer)}: it changed while it was read`)
    return content
  }

  async #readLayer(layer: number, keeps: (entry: LayerEntry) => boolean, signal: AbortSignal): Promise<void> {
    const descriptor = this.#layers[layer]
    if (descriptor === undefined) return
    const limits = { maxLayerBytes: this.#query.maxLayerBytes ?? DEFAULT_MAX_LAYER_BYTES }
    const visitor = {
      visit: (entry: LayerEntry) => {
        const kept = keeps(entry)
        if (kept && entry.kind === 'file') this.#reserve(layer, entry.path, entry.size)
        return kept
      },
      keep: (at: number, bytes: Uint8Array) => {
        this.#contents.set(keyOf({ layer, at }), bytes)
      },
    }
    await readLayer(this.#reader, descriptor, limits, visitor, signal)
  }

  #reserve(layer: number, path: string, size: number): void {
    const { maxFileBytes, maxTotalBytes } = this.#query
    this.#kept += size
    if (size > maxFileBytes) throw this.#tooMuch(layer, path, `has ${size} bytes, more than ${maxFileBytes}`)
    if (this.#kept > maxTotalBytes)
      throw this.#tooMuch(layer, path, `and those before it have more than ${maxTotalBytes} bytes`)
  }

  #tooMuch(layer: number, path: string, how: string): ImageFault {
    return new ImageFault(`${this.#nameOf(layer)}: the file "${path}" ${how}`, {
      hint: 'files of that kind are far smaller: check that this is the image you mean',
    })
  }

  #nameOf(layer: number): string {
    const descriptor = this.#layers[layer]
    return descriptor === undefined ? this.#reader.name : layerName(this.#reader, descriptor)
  }
}

function keyOf({ layer, at }: Pick<FileNode, 'layer' | 'at'>): string {
  return `${layer}/${at}`
}
