/**
 * Layers from the top down → what the image has at each path (OCI image-spec 1.1, "Applying Changesets", read backwards):
 * what an upper layer has at a path, above it, or took away hides what lower layers have there.
 */
import { foldersOf } from './entry-path.ts'
import { ImageFault } from './image-fault.ts'
import type { FileNode, LayerTree, Node } from './layer-tree.ts'

export type Found =
  | { readonly kind: 'file'; readonly node: FileNode }
  /** It is not there, whatever lower layers have. */
  | { readonly kind: 'absent' }
  /** The layers looked at so far do not tell. */
  | { readonly kind: 'open' }

/** As many links as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40

const ABSENT: Found = { kind: 'absent' }
const OPEN: Found = { kind: 'open' }

export class ImageTree {
  readonly nodes = new Map<string, Node>()
  /** Paths at and below which lower layers count for nothing. */
  readonly #hidden = new Set<string>()
  /** Folders below which lower layers count for nothing. */
  readonly #opaque = new Set<string>()

  /** Whether nothing that lower layers have at the path can be seen. */
  covers(path: string): boolean {
    if (this.nodes.has(path) || this.#hidden.has(path)) return true
    return foldersOf(path).some(folder => this.#hidden.has(folder) || this.#opaque.has(folder))
  }

  /** The next layer below those that are there. */
  addBelow(layer: LayerTree): void {
    const seen = [...layer.nodes()].filter(([path]) => !this.covers(path))
    for (const [path, node] of seen) this.nodes.set(path, node)
    for (const path of layer.hides) this.#hidden.add(path)
    for (const folder of layer.opaque) this.#opaque.add(folder)
  }

  /**
   * The file at a path, symlinks followed inside the image.
   *
   * @param nameLayer names a layer in messages, by its index
   * @throws ImageFault for a link that leads out of the image or in a circle
   */
  find(path: string, nameLayer: (layer: number) => string): Found {
    let rest = path.split('/')
    let at: string[] = []
    let links = 0
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        at.pop()
        continue
      }
      const here = [...at, part].join('/')
      const node = this.nodes.get(here)
      if (node === undefined) return this.covers(here) ? ABSENT : OPEN
      switch (node.kind) {
        case 'directory':
          at.push(part)
          break
        case 'special':
          return ABSENT
        case 'file':
          return rest.length === 0 ? { kind: 'file', node } : ABSENT
        case 'symlink':
          if (++links > MAX_LINKS) throw wrongLink(nameLayer(node.layer), path, 'leads in a circle')
          if (leavesRoot(node.target, at.length))
            throw wrongLink(nameLayer(node.layer), here, `to "${node.target}" leads out of the image`)
          if (node.target.startsWith('/')) at = []
          rest = [...node.target.split('/'), ...rest]
          break
        default:
          node satisfies never
      }
    }
    return ABSENT
  }
}

/** Judged by the text alone, as a reviewer would: `..` that climbs above the root, wherever links in between lead. */
function leavesRoot(target: string, depth: number): boolean {
  let level = target.startsWith('/') ? 0 : depth
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    level += part === '..' ? -1 : 1
    if (level < 0) return true
  }
  return false
}

function wrongLink(layer: string, path: string, how: string): ImageFault {
  return new ImageFault(`${layer}: the link "${path}" ${how}`, {
    hint: 'the image was built wrongly, or to do harm: ask whoever built it',
  })
}
