/**
 * Operators that a cluster may run, and what the mirror will hold → remarks on those that could not update any more: the
 * mirror has no way of updates from them to the new head. Each says what is missing and what to change.
 *
 * A cluster runs an operator from a channel that has its version, so each of those that is kept has to lead on; where none
 * is kept, one channel that does is enough.
 */
import type { CatalogModel, CatalogPackage } from '../model.ts'
import { channelHeads } from './channel-graph.ts'
import { type KnownEntry, knownChannel } from './known-channel.ts'
import type { FilteredCatalog, KeptPackage } from './request.ts'
import { troubleRemarks, type UpdateTrouble } from './update-trouble.ts'
import { type Installed, type UpdateWays, updateWays } from './update-ways.ts'
import { compareVersions, parseVersion } from './versions.ts'

/** A bundle the state holds: clusters may run it. */
export interface HeldBundle {
  readonly package: string
  /** Its name in the catalog. */
  readonly bundle: string
  /** For bundles that the catalog no longer has. */
  readonly version?: string
}

interface HeldOperator extends Installed {
  /** Its version, else its name. */
  readonly text: string
}

interface KeptWays {
  readonly name: string
  readonly head: string
  readonly headText: string
  /** Of the whole catalog. */
  readonly entries: readonly KnownEntry[]
  whole(): UpdateWays
  readonly kept: UpdateWays
  readonly keptNames: ReadonlySet<string>
}

/**
 * @param model of the whole catalog, not only of what is kept
 * @returns each one line
 */
export function checkOperatorUpdates(
  model: CatalogModel,
  kept: FilteredCatalog,
  held: readonly HeldBundle[],
): readonly string[] {
  const heldBy = Map.groupBy(held, each => each.package)
  return kept.packages.flatMap(each => {
    const source = model.packages.find(({ name }) => name === each.name)
    const operators = (heldBy.get(each.name) ?? []).map(one => operatorOf(source, one))
    if (source === undefined || operators.length === 0) return []
    return packageRemarks(source, each, operators)
  })
}

function operatorOf(
  source: CatalogPackage | undefined,
  { bundle, version: known }: HeldBundle,
): HeldOperator {
  const text = source?.bundles.get(bundle)?.version ?? known
  const version = text === undefined ? undefined : parseVersion(text)
  return { name: bundle, text: text ?? bundle, ...(version !== undefined && { version }) }
}

function packageRemarks(
  source: CatalogPackage,
  kept: KeptPackage,
  operators: readonly HeldOperator[],
): readonly string[] {
  const channels = kept.channels.flatMap(({ name }) => keptWays(source, kept, name) ?? [])
  const stuck = operators.flatMap(operator =>
    troublesOf(source, channels, operator).map(trouble => ({ text: operator.text, trouble })),
  )
  return troubleRemarks(
    source.name,
    stuck.toSorted((a, b) => compareVersions(a.text, b.text)),
  )
}

function troublesOf(
  source: CatalogPackage,
  channels: readonly KeptWays[],
  operator: HeldOperator,
): readonly UpdateTrouble[] {
  const own = channels.filter(({ entries }) => entries.some(({ name }) => name === operator.name))
  if (own.length > 0)
    return own
      .filter(({ kept, head }) => !kept.reaches(operator, head))
      .map(channel => troubleIn(channel, operator))
  if (channels.length === 0 || channels.some(({ kept, head }) => kept.reaches(operator, head))) return []
  const possible = channels.find(({ whole, head }) => whole().reaches(operator, head))
  if (possible !== undefined) return [troubleIn(possible, operator)]
  const elsewhere = source.channels
    .filter(({ entries }) => entries.some(({ name }) => name === operator.name))
    .map(({ name }) => name)
  return [elsewhere.length === 0 ? { kind: 'gone' } : { kind: 'elsewhere', channels: elsewhere }]
}

function troubleIn(ways: KeptWays, operator: HeldOperator): UpdateTrouble {
  const place = { channel: ways.name, head: ways.headText }
  const whole = ways.whole()
  const way = whole.way(operator, ways.head)
  if (way !== undefined)
    return { kind: 'missing', ...place, missing: way.filter(({ name }) => !ways.keptNames.has(name)) }
  const isBack = whole.reaches({ name: ways.head }, operator.name)
  return { kind: isBack ? 'back' : 'no-way', ...place }
}

function keptWays(source: CatalogPackage, kept: KeptPackage, name: string): KeptWays | undefined {
  const channel = source.channels.find(each => each.name === name)
  const keptNames = new Set(kept.channels.find(each => each.name === name)?.entries.map(entry => entry.name))
  if (channel === undefined) return undefined
  const { entries } = knownChannel(source, channel, undefined)
  const left = entries.filter(entry => keptNames.has(entry.name))
  const [head] = channelHeads(left)
  if (head === undefined) return undefined
  return {
    name,
    head,
    headText: source.bundles.get(head)?.version ?? head,
    entries,
    whole: () => updateWays(entries),
    kept: updateWays(left),
    keptNames,
  }
}
