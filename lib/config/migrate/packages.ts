/**
 * Packages and channels of an image set of v1 -> those of v2: each stands once, and what limits them is a version.
 */
import { isMap, isSeq, type YAMLMap } from 'yaml'
import { isTolerantVersion } from '../version-text.ts'
import { commentsIn, mapsAt, pairOf, setText, takeOut, textAt } from './nodes.ts'
import type { Rewriting } from './rewriting.ts'

/** v1 lets a package stand in its catalog twice; the two were read as asking for the same, or were refused. */
export function joinDuplicates(rewriting: Rewriting, operator: YAMLMap): void {
  joinNamed(operator, 'packages', (first, second) => {
    const defaultChannel = textAt(second, 'defaultChannel')
    if (defaultChannel !== undefined) setText(first, 'defaultChannel', defaultChannel)
    const [channels, more] = [pairOf(first, 'channels')?.value, pairOf(second, 'channels')?.value]
    if (isSeq(channels) && isSeq(more)) channels.items.push(...more.items)
    rewriting.tell(
      first,
      second,
      `the package ${textAt(first, 'name')} stood here twice; the two are one now`,
      ownComments(second),
    )
  })
  for (const wanted of mapsAt(operator, 'packages'))
    joinNamed(wanted, 'channels', (first, second) =>
      rewriting.tell(
        first,
        second,
        `the channel ${textAt(first, 'name')} stood here twice`,
        commentsIn(second),
      ),
    )
}

/** Without those of the channels, which have moved along. */
function ownComments(item: YAMLMap): readonly string[] {
  const channels = pairOf(item, 'channels')
  const moved = new Set(channels === undefined ? [] : commentsIn(channels))
  return commentsIn(item).filter(line => !moved.has(line))
}

function joinNamed(parent: YAMLMap, key: string, join: (first: YAMLMap, second: YAMLMap) => void): void {
  const list = pairOf(parent, key)?.value
  if (!isSeq(list)) return
  const first = new Map<string, YAMLMap>()
  list.items = list.items.filter(item => {
    const name = isMap(item) ? textAt(item, 'name') : undefined
    if (!isMap(item) || name === undefined) return true
    const before = first.get(name)
    if (before === undefined) first.set(name, item)
    else join(before, item)
    return before === undefined
  })
}

/** `minBundle` by its version, and a `minVersion` that is none, which v1 compares as text. */
export function migrateLimits(rewriting: Rewriting, limited: YAMLMap): void {
  const bundle = textAt(limited, 'minBundle')
  if (bundle !== undefined) {
    const kept = takeOut(limited, 'minBundle')
    const version = versionOf(bundle)
    if (version !== undefined) setText(limited, 'minVersion', version)
    rewriting.tell(
      limited,
      undefined,
      version === undefined
        ? `minBundle ${bundle} is gone: v2 has none, and its name tells no version. Write that as minVersion; \`mirrorform list operators\` shows it`
        : `minVersion in place of minBundle ${bundle}: check the version, which is taken from its name. v1 took the whole channel`,
      kept,
    )
  }
  const minVersion = textAt(limited, 'minVersion')
  if (minVersion === undefined || isTolerantVersion(minVersion)) return
  const kept = takeOut(limited, 'minVersion')
  rewriting.tell(
    limited,
    undefined,
    `minVersion ${minVersion} is gone: v2 wants a semantic version, and without one takes the newest bundle only. Write the version as minVersion; \`mirrorform list operators\` shows it`,
    kept,
  )
}

/** `web-terminal.v1.9.0` -> `1.9.0` */
function versionOf(bundle: string): string | undefined {
  const [, version] = /\.v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)$/.exec(bundle) ?? []
  return version !== undefined && isTolerantVersion(version) ? version : undefined
}

/** A catalog with `full` has no ranges in v2: what v1 limited is whole then. */
export function dropRanges(rewriting: Rewriting, operator: YAMLMap): void {
  for (const wanted of mapsAt(operator, 'packages'))
    for (const limited of [wanted, ...mapsAt(wanted, 'channels')]) {
      const range = ['minVersion', 'maxVersion'].flatMap(key => {
        const text = textAt(limited, key)
        return text === undefined ? [] : [{ key, text }]
      })
      if (range.length === 0) continue
      const kept = range.flatMap(({ key }) => takeOut(limited, key))
      const named = range.map(({ key, text }) => `${key} ${text}`).join(' and ')
      rewriting.tell(
        limited,
        undefined,
        `${named} ${range.length > 1 ? 'are' : 'is'} gone: v2 has no range beside full, which takes every bundle. To keep the range, delete full from the catalog`,
        kept,
      )
    }
}
