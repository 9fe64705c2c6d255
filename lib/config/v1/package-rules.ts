/**
 * What must hold for the packages of a catalog in an image set of oc-mirror v1, and packages that stand in it twice, which
 * v1 lets pass -> each package once with the channels of all.
 *
 * What cannot be joined without changing what is asked for is refused.
 */
import { dotted, type Entry, fieldOf, itemsOf, textOf } from '../entry.ts'
import type { OperatorChannel, OperatorPackage } from '../operator-section.ts'
import type { ProblemList } from '../problem-list.ts'
import { hasRange } from '../version-rules.ts'
import { isTolerantVersion } from '../version-text.ts'

export function checkV1Package(item: Entry, problems: ProblemList): void {
  const channels = itemsOf(item, 'channels')
  for (const at of [item, ...channels]) {
    checkStart(at, problems)
    checkRange(at, problems)
  }
  const name = textOf(fieldOf(item, 'name')) ?? ''
  if (isLimited(item) && channels.some(isLimited))
    problems.add(
      'rule',
      item.pointer,
      `the package "${name}" has a version range and so has one of its channels`,
      { hint: 'write minVersion and maxVersion either at the package or at its channels' },
    )
  const chosen = fieldOf(item, 'defaultChannel')
  const names = channels.map(channel => textOf(fieldOf(channel, 'name')))
  if (chosen !== undefined && names.length > 0 && !names.includes(textOf(chosen)))
    problems.add(
      'rule',
      chosen.pointer,
      `the defaultChannel ${JSON.stringify(chosen.value)} is not among the channels of the package "${name}"`,
      { hint: 'add it to the channels, or choose one of those' },
    )
}

/** In the order of the file, each at the place of its first entry. */
export function joinPackages(
  packages: readonly { readonly at: Entry; readonly wanted: OperatorPackage }[],
  problems: ProblemList,
): readonly OperatorPackage[] {
  const joined = new Map<string, OperatorPackage>()
  for (const { at, wanted } of packages) {
    const unique = { ...wanted, channels: joinChannels(wanted.channels, at, problems) }
    const before = joined.get(wanted.name)
    const both = before === undefined ? unique : join(before, unique, at, problems)
    joined.set(wanted.name, both)
  }
  return [...joined.values()]
}

function join(
  first: OperatorPackage,
  second: OperatorPackage,
  at: Entry,
  problems: ProblemList,
): OperatorPackage {
  const isSame =
    limitsOf(first) === limitsOf(second) && (first.channels.length === 0) === (second.channels.length === 0)
  const defaults = new Set([first.defaultChannel, second.defaultChannel].filter(name => name !== undefined))
  if (!isSame || defaults.size > 1)
    problems.add(
      'rule',
      at.pointer,
      `the package "${first.name}" stands here twice, not asking for the same`,
      {
        hint: `the first is in line ${first.place.slice(first.place.lastIndexOf(':') + 1)}; join the two`,
      },
    )
  const [defaultChannel] = defaults
  return {
    ...first,
    ...(defaultChannel !== undefined && { defaultChannel }),
    channels: joinChannels([...first.channels, ...second.channels], at, problems),
  }
}

function joinChannels(
  channels: readonly OperatorChannel[],
  at: Entry,
  problems: ProblemList,
): readonly OperatorChannel[] {
  const joined = new Map<string, OperatorChannel>()
  for (const channel of channels) {
    const before = joined.get(channel.name)
    if (before === undefined) joined.set(channel.name, channel)
    else if (limitsOf(before) !== limitsOf(channel))
      problems.add(
        'rule',
        at.pointer,
        `the channel "${channel.name}" of this package stands here twice, with other versions`,
        { hint: 'join the two: one minVersion and one maxVersion' },
      )
  }
  return [...joined.values()]
}

function limitsOf({ minVersion, maxVersion, minBundle }: OperatorChannel): string {
  return JSON.stringify([minVersion, maxVersion, minBundle])
}

function isLimited(entry: Entry): boolean {
  return hasRange(entry) || fieldOf(entry, 'minBundle') !== undefined
}

function checkStart(entry: Entry, problems: ProblemList): void {
  const bundle = fieldOf(entry, 'minBundle')
  if (bundle === undefined || fieldOf(entry, 'minVersion') === undefined) return
  problems.add('rule', bundle.pointer, 'minVersion and minBundle exclude each other', {
    at: 'key',
    hint: 'delete one of the two',
  })
}

/** Only a range is compared; a minVersion alone may be anything that a bundle of the catalog calls its version. */
function checkRange(entry: Entry, problems: ProblemList): void {
  if (fieldOf(entry, 'maxVersion') === undefined) return
  for (const bound of ['minVersion', 'maxVersion'] as const) {
    const field = fieldOf(entry, bound)
    const text = textOf(field)
    if (field === undefined || text === undefined || isTolerantVersion(text)) continue
    problems.add('rule', field.pointer, `${dotted(field.pointer)}: "${text}" is not a version`, {
      hint: 'write a semantic version, for example 4.16.8',
    })
  }
}
