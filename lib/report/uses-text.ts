/** The answer to `why`: which images hold what was asked for, by which way, and who wants them. */
import type { ImageContent, Origin } from '../graph/graph.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import type { Station } from './custody.ts'
import { custodyLines } from './custody-text.ts'
import { printable, wrap } from './fit.ts'
import { originText } from './naming.ts'
import { countOf } from './quantities.ts'
import type { Style } from './style.ts'
import type { Route, Use } from './uses.ts'

export interface WhyRendering {
  readonly style: Style
  readonly width: number
  readonly target: TargetAddress
  /** Of image sets, that ask for it: `imageset.yaml:12`. */
  readonly linesOf?: (origin: Origin) => readonly string[]
  /** By which way an image came. */
  readonly chainOf?: (image: ImageContent) => readonly Station[]
}

/** Lines without a final line feed. `query` is what was asked for. */
export function renderWhy(query: string, uses: readonly Use[], rendering: WhyRendering): string {
  const { style, width, target, linesOf = () => [], chainOf = () => [] } = rendering
  const asked = printable(query)
  if (uses.length === 0) return wrap(`Nothing here holds or is named ${asked}.`, width).join('\n')
  const title = `${asked} is in ${countOf(uses.length, 'image')}`
  const images = uses.flatMap(({ image, routes }) => [
    '',
    style.strong(formatDestination(target, image.destination)),
    ...routes.flatMap(route => wrap(`  ${routeText(route)}`, width, 2)),
    ...wrap(`  from ${printable(image.source)}`, width, 2),
    ...image.origins.flatMap(origin =>
      wrap(`  wanted by ${originText(origin)}${linesText(linesOf(origin))}`, width, 2),
    ),
    ...custodyLines(chainOf(image), width),
  ])
  return [...wrap(title, width), ...images].join('\n')
}

/** `, in imageset.yaml:12 and tools.yaml:3` */
function linesText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `, in ${printable(lines.join(' and '))}`
}

function routeText(route: Route): string {
  switch (route.via) {
    case 'destination':
      return 'is this destination'
    case 'source':
      return 'is its source'
    case 'source-digest':
      return `root at the source: ${route.digest} (rewritten here for the chosen platforms)`
    case 'base':
      return `base image: ${route.digest}`
    case 'root':
      return `root: ${route.digest}`
    case 'manifest':
    case 'config':
    case 'layer':
    case 'attachment':
      return `${route.via}: ${pathText(route.path)}`
    case 'foreign-layer':
      return `foreign layer, recorded and not copied: ${pathText(route.path)}`
    case 'omitted':
      return `listed by its index but not carried (platform choice): ${route.digest}`
  }
}

/** The way in short digests, its end in full. */
function pathText(path: readonly Digest[]): string {
  return path.map((digest, at) => (at === path.length - 1 ? digest : shortDigest(digest))).join(' → ')
}
