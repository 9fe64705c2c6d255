/** `via` in a kind: Mirror file -> the targets on the way to another, and how that one is reached and read. */
import { dirname } from 'node:path'
import { type MirrorFile, type MirrorTarget, targetsBefore } from '../../../lib/config/index.ts'
import type { Route } from '../../../lib/plan/plan.ts'
import type { TargetAddress } from '../../../lib/target.ts'
import { beside, statePathIn } from '../beside.ts'

/** A target on the way, as the kind: Mirror file has it; paths are resolved against its folder. */
export interface TargetHop {
  readonly name: string
  readonly address: TargetAddress
  readonly statePath: string
  /** URL of the graph API that serves its clusters. */
  readonly updateService?: string
  /** A plan whose kept documents targets behind it may use. */
  readonly inputs?: string
}

/** Nearest first; empty for a target that reads from the sources. */
export function hopsTo(mirror: MirrorFile, target: MirrorTarget): readonly TargetHop[] {
  const folder = dirname(mirror.path)
  return targetsBefore(mirror.targets, target).map(each => ({
    name: each.name,
    address: each.to,
    statePath: statePathIn(folder, each),
    ...(each.updateService !== undefined && { updateService: each.updateService }),
    ...(each.inputs !== undefined && { inputs: beside(folder, each.inputs) }),
  }))
}

/** undefined where the kind: Mirror file says nothing of how the target is reached and read. */
export function routeTo(mirror: MirrorFile, target: MirrorTarget): Route | undefined {
  const [nearest] = hopsTo(mirror, target)
  const { registriesConf, limits } = target
  if (nearest === undefined && registriesConf === undefined && limits === undefined) return undefined
  return {
    ...(nearest !== undefined && {
      via: { name: nearest.name, target: nearest.address, statePath: nearest.statePath },
    }),
    ...(registriesConf !== undefined && { registriesConf: beside(dirname(mirror.path), registriesConf) }),
    ...(limits !== undefined && { limits }),
  }
}
