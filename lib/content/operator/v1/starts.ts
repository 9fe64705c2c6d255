/**
 * Where the update paths of an image set of oc-mirror v1 begin: for each channel the lowest version that the state holds of
 * it, else what v1 recorded in its metadata. So a heads-only mirror keeps what clusters may still run, as v1 did, also when
 * v1's metadata is gone.
 */
import type { Origin } from '../../../graph/graph.ts'
import type { RecordedStarts } from '../../history/index.ts'
import { compareVersions, parseVersion } from '../filter/versions.ts'
import type { CatalogModel } from '../model.ts'
import type { StartOf } from './request.ts'

/** The end of a bundle's name that says its version: `widget.v1.2.0`, `widget-1.2.0`. */
const VERSION_IN_NAME = /[.-]v?(\d+\.\d+\.\d+.*)$/

export interface StartSources {
  /** As origins name the catalog. */
  readonly name: string
  /** As v1's metadata names it. */
  readonly uniqueName: string
  readonly recorded: RecordedStarts
  /** Origins of the images in the state. */
  readonly held: readonly Origin[]
}

export function startsOf(model: CatalogModel, sources: StartSources): StartOf {
  const held = lowestHeld(model, sources)
  const packages = sources.recorded.catalogs
    .filter(({ catalog }) => catalog === sources.uniqueName)
    .flatMap(catalog => catalog.packages)
  const recorded = new Map(packages.map(each => [each.name, each]))
  return (name, channel) => {
    const known = recorded.get(name)
    return held.get(keyOf(name, channel)) ?? known?.channels.get(channel) ?? known?.start
  }
}

function lowestHeld(model: CatalogModel, { name, held }: StartSources): ReadonlyMap<string, string> {
  const bundles = new Map(model.packages.map(each => [each.name, each.bundles]))
  const lowest = new Map<string, string>()
  for (const origin of held) {
    if (origin.kind !== 'bundle' || origin.catalog !== name) continue
    const version =
      bundles.get(origin.package)?.get(origin.bundle)?.version ?? VERSION_IN_NAME.exec(origin.bundle)?.[1]
    if (version === undefined || parseVersion(version) === undefined) continue
    for (const channel of origin.channels) {
      const key = keyOf(origin.package, channel)
      const before = lowest.get(key)
      if (before === undefined || compareVersions(version, before) < 0) lowest.set(key, version)
    }
  }
  return lowest
}

function keyOf(name: string, channel: string): string {
  return JSON.stringify([name, channel])
}
