/** `apply`: carries out a saved plan, or plans, shows, asks and carries out just that. */
import '../young-generation.ts'
import { readFile } from 'node:fs/promises'
import type { ApplyResult } from '../../lib/apply/index.ts'
import { InterruptedError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { encodeMissing } from '../../lib/plan/carrying-json.ts'
import { hasChanges, type Plan } from '../../lib/plan/plan.ts'
import { decodePlan, planDigest } from '../../lib/plan/plan-file.ts'
import { applyExitCode, outcomeText, renderApplyResult, renderPlan } from '../../lib/report/index.ts'
import { formatTarget } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import { confirm } from '../terminal/index.ts'
import { type Approved, type CarryOutArguments, carryOut } from '../wiring/carry-out.ts'
import { refuseAsking } from '../wiring/mapping/mapping-arguments.ts'
import { withMappings } from '../wiring/mapping/with-mappings.ts'
import { type MakePlanArguments, planAndStay } from '../wiring/plan-for.ts'
import { refusePlanning } from '../wiring/planning-options.ts'
import { readText } from '../wiring/read-text.ts'
import {
  type FollowArguments,
  type FollowingResources,
  followResources,
} from '../wiring/resources/follow-resources.ts'
import { chooseTarget } from '../wiring/target/choose-target.ts'

export interface ApplyArguments extends MakePlanArguments, FollowArguments, CarryOutArguments {
  readonly plan?: string | undefined
  /** Every target of the kind: Mirror file. */
  readonly all: boolean
  readonly yes: boolean
  readonly receipt?: string | undefined
}

export const run: Command<ApplyArguments> = async (args, invocation) => {
  await checkOptions(args)
  if (args.all) return applyAll(args, invocation)
  const { exitCode, document, resources } = await applyOne(args, invocation)
  if (document !== undefined) await invocation.output.document(document)
  await resources?.write()
  return exitCode
}

/** Each target is planned right before it is applied: what it can read depends on what the one before it holds by then. */
async function applyAll(args: ApplyArguments, invocation: Invocation): Promise<number> {
  const { runForAll } = await import('../wiring/target/all-targets.ts')
  return runForAll('apply', args, invocation, async ({ name: target }) => {
    const { exitCode, document } = await applyOne({ ...args, target }, invocation)
    if (exitCode === 130) throw new InterruptedError('interrupted; what was finished is saved')
    return {
      exitCode,
      told: document === undefined ? 'not approved' : outcomeText(document.summary),
      document,
    }
  })
}

/** The document is absent where nothing was applied. */
async function applyOne(args: ApplyArguments, invocation: Invocation) {
  const { output, width, noteWidth } = invocation
  const approved =
    args.plan === undefined ? await planAndAsk(args, invocation) : await readPlan(args, args.plan, invocation)
  if (approved === undefined) {
    output.note('Nothing was changed.')
    return { exitCode: 1 }
  }
  const { plan } = approved
  const result = await carryOut(args, approved, invocation)
  const exitCode = applyExitCode(result, plan)
  const receipt = await confirmArrival(args, approved, result)
  output.print(
    renderApplyResult(result, plan, {
      style: output.style,
      width: Math.min(width, noteWidth),
      planPath: args.plan,
    }),
  )
  if (receipt !== undefined)
    output.print(`Receipt in ${receipt}: carry it back to where the archives come from.`)
  return { exitCode, document: resultDocument(plan, result, receipt), resources: approved.resources }
}

async function checkOptions({ receipt, signKey }: ApplyArguments): Promise<void> {
  if (receipt === undefined && signKey === undefined) return
  const { checkReceiptOptions } = await import('../wiring/archives/receipts.ts')
  await checkReceiptOptions(receipt, signKey)
}

interface ApprovedHere extends Approved {
  readonly resources?: FollowingResources | undefined
}

async function readPlan(args: ApplyArguments, path: string, invocation: Invocation): Promise<ApprovedHere> {
  refusePlanning(args)
  const plan = decodePlan(await readText(path, 'plan'), path)
  for (const changed of await changedInputs(plan))
    invocation.output.warn(`${changed} changed since the plan was made; what is applied is the plan`)
  const statePath = args.state ?? plan.statePath
  return { plan, statePath, resources: await followResources(args, undefined, plan, invocation) }
}

/** Image sets that are here and no longer what the plan was made from. */
async function changedInputs(plan: Plan): Promise<readonly string[]> {
  const texts = await Promise.all(plan.inputs.map(({ path }) => readFile(path).catch(() => undefined)))
  return plan.inputs.flatMap(({ path, digest }, at) => {
    const text = texts[at]
    return text !== undefined && digestOf(text) !== digest ? [path] : []
  })
}

/** undefined when the user said no. */
async function planAndAsk(given: ApplyArguments, invocation: Invocation): Promise<ApprovedHere | undefined> {
  refuseAsking(given)
  const args = await withMappings(given, invocation)
  const { output, width, stdin, stderr, interrupts } = invocation
  const choice = await chooseTarget(args)
  const { plan, heldImages, askedAt, places } = await planAndStay(args, choice, invocation)
  let isApproved = false
  try {
    const resources = await followResources(args, choice, plan, invocation)
    const onlyDeletes = args.delete || args.deletes !== undefined
    output.print(
      renderPlan(plan, { style: output.style, width, heldImages, statePath: choice.statePath, onlyDeletes }),
    )
    if (resources !== undefined) output.print(`\n${resources.changes}`)
    const signal = interrupts.soft.signal
    isApproved =
      args.yes || !hasChanges(plan) || (await confirm('Apply this plan?', { stdin, stderr, signal }))
    const planning = { askedAt: args.yes ? askedAt : undefined, places }
    return isApproved ? { plan, statePath: choice.statePath, resources, planning } : undefined
  } finally {
    if (!isApproved) await places.close()
  }
}

/**
 * The receipt's path, where one is written: always when archives of ours were imported. They count as imported once nothing of them
 * failed or was left for another time; what they miss does not come with them anyway.
 */
async function confirmArrival(
  args: ApplyArguments,
  { plan, statePath }: Approved,
  result: ApplyResult,
): Promise<string | undefined> {
  const { from, shipment } = plan
  const isOurs = from?.some(source => !('tool' in source)) ?? false
  if ((!isOurs && args.receipt === undefined) || shipment !== undefined) return undefined
  const { receiptPathOf, recordArchives, writeReceipt } = await import('../wiring/archives/receipts.ts')
  const store = openStateFile(statePath)
  const isWhole = plan.options.only.length + plan.options.exclude.length === 0
  if (isWhole && result.failed + result.interrupted === 0) await recordArchives(store, from ?? [])
  const path = args.receipt ?? receiptPathOf(statePath)
  await writeReceipt(store, path, { plan, result }, args.signKey)
  return path
}

function resultDocument(plan: Plan, result: ApplyResult, receipt: string | undefined) {
  const { results, ...totals } = result
  return {
    format: 'mirrorform-apply-result',
    version: 1,
    target: formatTarget(plan.target),
    planDigest: planDigest(plan),
    summary: totals,
    ...(plan.shipment && { archive: { folder: plan.shipment.folder, number: plan.shipment.number } }),
    ...(receipt !== undefined && { receipt }),
    ...(plan.incomplete && { incomplete: plan.incomplete }),
    ...(plan.missing && { missing: plan.missing.map(each => encodeMissing(plan.target, each)) }),
    results,
  }
}
