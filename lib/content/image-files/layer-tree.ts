/**
 * The entries of one layer → what the layer has at each path. Where entries contradict each other the last one counts,
 * as it would when the archive is unpacked; whiteouts are about lower layers only.
 */
import { foldersOf } from './entry-path.ts'
import type { LayerEntry } from './layer-entries.ts'

/** A file's content, under however many names. */
export interface FileNode {
  readonly kind: 'file'
  /** Index of its layer, and of its entry in there. */
  readonly layer: number
  readonly at: number
  readonly size: number
}

export type Node =
  | FileNode
  | { readonly kind: 'symlink'; readonly layer: number; readonly target: string }
  | { readonly kind: 'directory' }
  | { readonly kind: 'special' }

interface Placed {
  readonly node: Node
  /** The entry that put it there; for a directory, the one from which on it has been one. */
  readonly at: number
}

const DIRECTORY: Node = { kind: 'directory' }

export class LayerTree {
  /** Paths at and below which nothing of lower layers is left: whiteouts, and what was no folder here at any time. */
  readonly hides = new Set<string>()
  /** Folders below which nothing of lower layers is left. */
  readonly opaque = new Set<string>()
  readonly #layer: number
  readonly #placed = new Map<string, Placed>()

  /** @param layer its index in the manifest */
  constructor(layer: number) {
    this.#layer = layer
  }

  add(entry: LayerEntry): void {
    switch (entry.kind) {
      case 'whiteout':
        this.hides.add(entry.path)
        return
      case 'opaque':
        this.opaque.add(entry.path)
        return
      case 'directory':
        this.#addFolders([...foldersOf(entry.path), entry.path], entry.at)
        return
      case 'file':
        this.#place(entry, { kind: 'file', layer: this.#layer, at: entry.at, size: entry.size })
        return
      case 'symlink':
        this.#place(entry, { kind: 'symlink', layer: this.#layer, target: entry.target })
        return
      case 'special':
        this.#place(entry, { kind: 'special' })
        return
      case 'hard link': {
        const linked = this.#placed.get(entry.target)?.node
        // What is not in this layer is the file that lower layers have there.
        const below: Node = { kind: 'symlink', layer: this.#layer, target: `/${entry.target}` }
        this.#place(entry, linked === undefined || linked.kind === 'directory' ? below : linked)
        return
      }
      default:
        entry satisfies never
    }
  }

  /** Paths and what is there, less what later entries of the layer replaced together with the folder it was in. */
  *nodes(): Generator<readonly [path: string, node: Node]> {
    for (const [path, { node, at }] of this.#placed) {
      const stands = foldersOf(path).every(folder => {
        const above = this.#placed.get(folder)
        return folder === '' || (above?.node.kind === 'directory' && above.at <= at)
      })
      if (stands) yield [path, node]
    }
  }

  #place({ path, at }: { path: string; at: number }, node: Node): void {
    this.#addFolders(foldersOf(path), at)
    this.#placed.set(path, { node, at })
    this.hides.add(path)
  }

  /** @param folders each in the one before */
  #addFolders(folders: readonly string[], at: number): void {
    let since = 0
    for (const folder of folders) {
      if (folder === '') continue
      const known = this.#placed.get(folder)
      // One that went away together with the folder it was in is made anew.
      const stands = known?.node.kind === 'directory' && known.at >= since
      if (!stands) this.#placed.set(folder, { node: DIRECTORY, at })
      since = stands ? known.at : at
    }
  }
}
