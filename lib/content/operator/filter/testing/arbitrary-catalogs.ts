/** Catalogs that OLM serves, and what may be asked of them, for properties. */
import fc from 'fast-check'
import type { CatalogModel, CatalogPackage } from '../../model.ts'
import { sketchCatalog, sketchPackage, type Wish } from './sample-catalogs.ts'

const MAX_VERSIONS = 9

/** A version for each place, ascending: now and then a prerelease, or with build metadata. */
const versions: fc.Arbitrary<readonly string[]> = fc
  .array(fc.record({ up: fc.integer({ min: 0, max: 2 }), kind: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: MAX_VERSIONS,
  })
  .map(steps => {
    const at = [1, 0, 0]
    return steps.map(({ up, kind }) => {
      at[up] = (at[up] ?? 0) + 1
      at.fill(0, up + 1)
      return `${at.join('.')}${kind === 0 ? '-rc.1' : kind === 1 ? '+5' : ''}`
    })
  })

/** What becomes of the entries below the head: in the chain, skipped by the next of the chain, or not in the channel. */
type Part = 'chain' | 'skipped' | 'absent'

function channelLines(all: readonly string[], parts: readonly Part[]): readonly string[] {
  const lines: string[] = []
  let replaced: string | undefined
  let skipped: string[] = []
  for (const [at, version] of all.entries()) {
    const part = at === all.length - 1 ? 'chain' : (parts[at] ?? 'chain')
    if (part === 'absent') continue
    if (part === 'skipped') {
      lines.push(version)
      skipped.push(version)
      continue
    }
    const replaces = replaced === undefined ? '' : ` replaces ${replaced}`
    lines.push(`${version}${replaces}${skipped.length === 0 ? '' : ` skips ${skipped.join(',')}`}`)
    replaced = version
    skipped = []
  }
  return lines
}

const parts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Part>('chain') },
    { weight: 2, arbitrary: fc.constant<Part>('skipped') },
    { weight: 1, arbitrary: fc.constant<Part>('absent') },
  ),
  { minLength: MAX_VERSIONS, maxLength: MAX_VERSIONS },
)

function arbitraryPackage(name: string): fc.Arbitrary<CatalogPackage> {
  return fc
    .record({
      versions,
      channels: fc.array(fc.tuple(parts, fc.nat(3)), { minLength: 1, maxLength: 3 }),
      main: fc.nat(2),
    })
    .map(({ versions: all, channels, main }) => {
      const drawn = channels.map(([each, cut], at) => {
        const length = Math.max(1, all.length - cut)
        return [`c${at}`, channelLines(all.slice(0, length), each)] as const
      })
      return sketchPackage(name, `c${main % channels.length}`, Object.fromEntries(drawn))
    })
}

/** Every channel has one head that leads to all of it. */
export const arbitraryCatalog: fc.Arbitrary<CatalogModel> = fc
  .tuple(arbitraryPackage('p'), arbitraryPackage('q'))
  .map(([p, q]) => sketchCatalog(p, q))

const bound = fc.option(
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
    .map(([major, minor, isPrerelease]) => `${major}.${minor}.0${isPrerelease ? '-0' : ''}`),
  { nil: undefined },
)

/** Of package p, all channels or those of the catalog that are drawn, with ranges at one place or none. */
export function arbitraryWish(model: CatalogModel): fc.Arbitrary<Wish> {
  const names = model.packages[0]?.channels.map(({ name }) => name) ?? []
  return fc
    .record({
      full: fc.boolean(),
      min: bound,
      max: bound,
      named: fc.subarray(names),
      atChannels: fc.boolean(),
    })
    .map(({ full, min, max, named, atChannels }) => {
      const range = {
        ...(min !== undefined && !full && { minVersion: min }),
        ...(max !== undefined && !full && { maxVersion: max }),
      }
      return {
        full,
        packages: [
          {
            name: 'p',
            ...(named[0] !== undefined && { defaultChannel: named[0] }),
            channels: named.map(name => ({ name, ...(atChannels && range) })),
            ...(!(atChannels && named.length > 0) && range),
          },
        ],
      }
    })
}
