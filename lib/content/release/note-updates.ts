/**
 * What the mirror holds now, and what was chosen -> notes on updates that will not be possible: the check is made once over
 * all image sets, because a release that one of them leaves out may come from another.
 */
import type { ReleaseProduct } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import { machineOf } from './architecture.ts'
import { type ConditionalUpdates, checkUpdates, type ReleaseChoice } from './selection/index.ts'

/** @param held origins of the images in the state */
export function noteUpdates(
  choices: readonly ReleaseChoice[],
  held: Iterable<Origin>,
  conditionalUpdates: ConditionalUpdates,
): readonly string[] {
  const origins = [...held]
  const groups = new Map<string, ReleaseChoice['graphs'][number][]>()
  for (const graph of choices.flatMap(({ graphs }) => graphs)) {
    const key = `${graph.product} ${graph.architecture}`
    groups.set(key, [...(groups.get(key) ?? []), graph])
  }
  return [...groups.values()].flatMap(graphs => {
    const [first] = graphs
    if (first === undefined) return []
    const { product, architecture } = first
    const heldVersions = payloadsAmong(origins, product, machineOf(architecture))
    const wantedVersions = choices
      .flatMap(({ releases }) => releases)
      .filter(release => release.product === product && release.architecture === architecture)
      .map(({ version }) => version)
    return checkUpdates({ graphs, heldVersions, wantedVersions, conditionalUpdates })
  })
}

/** Versions, each once. */
function payloadsAmong(
  origins: readonly Origin[],
  product: ReleaseProduct,
  machine: string,
): readonly string[] {
  const versions = origins.flatMap(origin =>
    origin.kind === 'release' &&
    origin.component === undefined &&
    origin.architecture === machine &&
    productOf(origin.version) === product
      ? [origin.version]
      : [],
  )
  return [...new Set(versions)]
}

/** OKD says so in its versions: `4.18.0-okd-scos.8`, `4.15.0-0.okd-2024-03-10-010116`. */
function productOf(version: string): ReleaseProduct {
  return version.includes('okd') ? 'okd' : 'ocp'
}
