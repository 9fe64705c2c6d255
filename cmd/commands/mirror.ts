/**
 * `mirror`: the command lines of oc-mirror v2. To disk writes an archive, from disk imports it, between registries is an
 * ordinary apply; each says first what it is here, shows its plan, asks nothing and deletes nothing.
 */
import { statSync } from 'node:fs'
import { UsageError } from '../../lib/errors.ts'
import { applyArguments, type WholeApplyArguments } from '../foreign/apply-arguments.ts'
import { tellEquivalent } from '../foreign/equivalent.ts'
import { dryRunLists, type MirrorLineArguments, readMirrorLine } from '../foreign/oc-mirror/mirror-line.ts'
import type { MirrorWay } from '../foreign/oc-mirror/places.ts'
import { isForeign, withSetAside } from '../foreign/oc-mirror/set-aside.ts'
import { makeWorkspace, refuseUnreadable } from '../foreign/oc-mirror/workspace.ts'
import type { Command, Invocation } from '../invocation.ts'
import { run as apply } from './apply.ts'
import { run as plan } from './plan.ts'

export const run: Command<MirrorLineArguments> = async (args, invocation) => {
  const { way, given, isDry, equivalents } = await readMirrorLine(args, invocation)
  tellEquivalent(invocation.output, equivalents)
  if (way.way === 'from disk') refuseMissing(way.disc)
  await refuseUnreadable(given.config ?? [], 'image set')
  await makeWorkspace(way.workspace)
  const whole = applyArguments(given)
  const { resources } = given
  const isInTheWay = resources !== undefined && isForeign(resources)
  const { output } = invocation
  if (!isInTheWay) return isDry ? planOnly(whole, way, invocation) : apply(whole, invocation)
  if (!isDry)
    return withSetAside(
      resources,
      text => output.note(text),
      () => apply(whole, invocation),
    )
  output.note(`${resources} was written by oc-mirror; what changes in it is not shown.`)
  return planOnly({ ...whole, resources: undefined }, way, invocation)
}

/** @throws UsageError, before a folder is made in it */
function refuseMissing(disc: string): void {
  if (statSync(disc, { throwIfNoEntry: false })?.isDirectory()) return
  throw new UsageError(`there is no folder ${disc}`, {
    hint: '--from names the folder that was mirrored to disk; check that the disc is mounted',
  })
}

/** The plan, and the lists of images that oc-mirror writes. */
async function planOnly(whole: WholeApplyArguments, way: MirrorWay, invocation: Invocation): Promise<number> {
  const { folder, ...lists } = dryRunLists(way)
  await makeWorkspace(folder)
  return plan({ ...whole, ...lists, detailedExitcode: false, markdown: false, all: false }, invocation)
}
