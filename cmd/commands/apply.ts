/** `apply`: carries out a saved plan, or plans, shows, asks and carries out just that. */
import '../young-generation.ts'
import { readFile } from 'node:fs/promises'
import { type ApplyEvent, type ApplyResult, applyPlan } from '../../lib/apply/index.ts'
import { InterruptedError, UsageError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { hasChanges, type Plan } from '../../lib/plan/plan.ts'
import { decodePlan, planDigest } from '../../lib/plan/plan-file.ts'
import { applyExitCode, renderApplyResult, renderPlan } from '../../lib/report/index.ts'
import { formatTarget } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import { confirm, createProgress } from '../terminal/index.ts'
import { chooseTarget } from '../wiring/choose-target.ts'
import { type FollowArguments, type FollowingResources, followResources } from '../wiring/follow-resources.ts'
import { openPlaces, type PlaceArguments, type Places } from '../wiring/open-places.ts'
import { type MakePlanArguments, planAndStay } from '../wiring/plan-for.ts'
import { readText } from '../wiring/read-text.ts'
import { tellReplay } from '../wiring/tell.ts'

export interface ApplyArguments extends MakePlanArguments, FollowArguments {
  readonly plan?: string | undefined
  readonly yes: boolean
  readonly parallelImages: number
  readonly parallelLayers: number
}

export const run: Command<ApplyArguments> = async (args, invocation) => {
  const { output, width, noteWidth } = invocation
  const approved =
    args.plan === undefined ? await planAndAsk(args, invocation) : await readPlan(args, args.plan, invocation)
  if (approved === undefined) {
    output.note('Nothing was changed.')
    return 1
  }
  const { plan } = approved
  const result = await carryOut(args, approved, invocation)
  const code = applyExitCode(result, plan)
  output.print(
    renderApplyResult(result, plan, {
      style: output.style,
      width: Math.min(width, noteWidth),
      planPath: args.plan,
    }),
  )
  await output.document(resultDocument(plan, result))
  await approved.resources?.write()
  return code
}

interface Approved {
  readonly plan: Plan
  readonly statePath: string
  readonly resources?: FollowingResources | undefined
  /** Of the planning just before; undefined for a plan from a file. */
  readonly planning?: {
    /** When the target was asked, by `performance.now()`; undefined when a person took time to answer since. */
    readonly askedAt: number | undefined
    /** Still open: they know the registries by now. */
    readonly places: Places
  }
}

async function readPlan(args: ApplyArguments, path: string, invocation: Invocation): Promise<Approved> {
  const [asked] = PLANNING.filter(([, isAsked]) => isAsked(args))
  if (asked !== undefined)
    throw new UsageError(`a plan file and ${asked[0]} exclude each other`, {
      hint: 'a plan says itself what is done where; apply it alone, or plan again',
    })
  const plan = decodePlan(await readText(path, 'plan'), path)
  for (const changed of await changedInputs(plan))
    invocation.output.warn(`${changed} changed since the plan was made; what is applied is the plan`)
  const statePath = args.state ?? plan.statePath
  return { plan, statePath, resources: await followResources(args, undefined, plan, invocation) }
}

/** What only means something while planning: with a plan file it would be passed over in silence. */
const PLANNING: readonly (readonly [option: string, isAsked: (args: ApplyArguments) => boolean])[] = [
  ['-c', args => args.config !== undefined],
  ['--to', args => args.to !== undefined],
  ['--target', args => args.target !== undefined],
  ['--from', args => args.from !== undefined],
  ['--only', args => args.only.length > 0],
  ['--exclude', args => args.exclude.length > 0],
  ['--destroy', args => args.destroy],
  ['--skip-deletes', args => args.skipDeletes],
  ['--create-projects', args => args.createProjects],
  ['--allow-mass-delete', args => args.allowMassDelete],
  ['--refresh=false', args => !args.refresh],
  ['--max-nested-paths', args => args.maxNestedPaths !== undefined && args.resources === undefined],
  ['--platform-index', args => args.platformIndex !== undefined],
  ['--sparse-index', args => args.sparseIndex !== 'auto'],
  ['--signatures', args => args.signatures !== undefined],
  ['--inputs', args => args.inputs !== undefined],
  ['--conditional-updates', args => args.conditionalUpdates !== undefined],
  ['--operator-selection', args => args.operatorSelection !== undefined],
  ['--allow-missing-packages', args => args.allowMissingPackages ?? false],
  ['--ignore-release-signature', args => args.ignoreReleaseSignature],
  ['--graph-data-base-image', args => args.graphDataBaseImage !== undefined],
  ['--graph-data-url', args => args.graphDataUrl !== undefined],
]

/** Image sets that are here and no longer what the plan was made from. */
async function changedInputs(plan: Plan): Promise<readonly string[]> {
  const texts = await Promise.all(plan.inputs.map(({ path }) => readFile(path).catch(() => undefined)))
  return plan.inputs.flatMap(({ path, digest }, at) => {
    const text = texts[at]
    return text !== undefined && digestOf(text) !== digest ? [path] : []
  })
}

/** undefined when the user said no. */
async function planAndAsk(args: ApplyArguments, invocation: Invocation): Promise<Approved | undefined> {
  const { output, width, stdin, stderr, interrupts } = invocation
  const choice = await chooseTarget(args)
  const { plan, heldImages, askedAt, places } = await planAndStay(args, choice, invocation)
  let isApproved = false
  try {
    const resources = await followResources(args, choice, plan, invocation)
    output.print(renderPlan(plan, { style: output.style, width, heldImages, statePath: choice.statePath }))
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

async function carryOut(
  args: ApplyArguments & PlaceArguments,
  { plan, statePath, planning }: Approved,
  invocation: Invocation,
): Promise<ApplyResult> {
  const { output, interrupts, stderr, progress: mode } = invocation
  if (interrupts.soft.signal.aborted) {
    await planning?.places.close()
    throw new InterruptedError('interrupted; nothing was changed')
  }
  invocation.announceInterrupts()
  const places = planning?.places ?? (await openPlaces(args, plan.target, invocation))
  const progress = createProgress({
    stream: stderr,
    mode,
    isTTY: stderr.isTTY === true,
    line: text => output.note(text),
  })
  const stopBesides = output.besides(progress.above)
  try {
    return await applyPlan(
      {
        plan,
        planDigest: planDigest(plan),
        store: openStateFile(statePath),
        announce: notes => tellReplay(output, notes),
        now: () => performance.now(),
        askedAt: planning?.askedAt,
      },
      {
        target: places.target,
        sources: places.sources,
        cache: places.cache,
        emit: (event: ApplyEvent) => progress(event),
        parallelImages: args.parallelImages,
        parallelBlobs: args.parallelLayers,
        damageRetries: args.retryTimes,
        signal: interrupts.hard.signal,
        stopping: interrupts.soft.signal,
      },
    )
  } finally {
    stopBesides()
    progress.stop()
    await places.close()
  }
}

function resultDocument(plan: Plan, result: ApplyResult) {
  const { results, ...totals } = result
  return {
    format: 'mirrorform-apply-result',
    version: 1,
    target: formatTarget(plan.target),
    planDigest: planDigest(plan),
    summary: totals,
    ...(plan.incomplete && { incomplete: plan.incomplete }),
    results,
  }
}
