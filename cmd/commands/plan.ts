/** `plan`: reviews what would change, writes nothing but the plan. */
import { join } from 'node:path'
import { hasChanges, isDestructive, type Plan } from '../../lib/plan/plan.ts'
import { encodePlan } from '../../lib/plan/plan-file.ts'
import { countOf, renderPlan, renderPlanMarkdown, totalsText } from '../../lib/report/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import { checkDocumentPath, makeFolder, writeDocument } from '../terminal/index.ts'
import { checkPinnedPath, writePinned } from '../wiring/content/write-pinned.ts'
import { checkExports, type ExportArguments, exportPlan } from '../wiring/mapping/export-mapping.ts'
import { withMappings } from '../wiring/mapping/with-mappings.ts'
import {
  checkPruningPath,
  exportPruningPlan,
  type PruningArguments,
} from '../wiring/other-tools/export-pruning-plan.ts'
import { type MakePlanArguments, planFor } from '../wiring/plan-for.ts'
import { type FollowArguments, followResources } from '../wiring/resources/follow-resources.ts'
import { chooseTarget } from '../wiring/target/choose-target.ts'

export interface PlanArguments extends MakePlanArguments, FollowArguments, ExportArguments, PruningArguments {
  readonly out?: string | undefined
  readonly writePinned?: string | undefined
  readonly detailedExitcode: boolean
  readonly markdown: boolean
  /** Every target of the kind: Mirror file; `out` is then a folder. */
  readonly all: boolean
  /** Every change in full. */
  readonly full?: boolean | undefined
}

export const run: Command<PlanArguments> = async (args, invocation) => {
  if (args.all) return planAll(args, invocation)
  const { text, exitCode } = await planOne(args, invocation)
  await invocation.output.document(text)
  return exitCode
}

async function planAll(args: PlanArguments, invocation: Invocation): Promise<number> {
  const { runForAll } = await import('../wiring/target/all-targets.ts')
  const { out: folder } = args
  /** What stands behind them cannot be planned to its end yet. */
  const unfinished = new Set<string>()
  return runForAll('plan', args, invocation, async ({ name, via }) => {
    if (folder !== undefined) await makeFolder(folder, '-o')
    const out = folder && join(folder, `${name}.plan.json`)
    const { plan, text, exitCode } = await planOne({ ...args, target: name, out }, invocation)
    const isEarly = via !== undefined && unfinished.has(via)
    if (isEarly || hasChanges(plan)) unfinished.add(name)
    const told = hasChanges(plan) ? totalsText(plan.summary).replace(/^Plan: /, '') : 'nothing to do'
    return {
      exitCode,
      told: isEarly ? `before ${via} is applied: ${told}` : told,
      document: JSON.parse(text),
    }
  })
}

async function planOne(given: PlanArguments, invocation: Invocation) {
  const { output, width } = invocation
  const args = await withMappings(given, invocation)
  const choice = await chooseTarget(args)
  if (args.out !== undefined) await checkDocumentPath(args.out, '-o')
  if (args.shoppingList !== undefined) await checkDocumentPath(args.shoppingList, '--shopping-list')
  if (args.writePinned !== undefined) await checkPinnedPath(args.writePinned, choice.imageSets)
  await checkExports(args, choice.address, [...(args.mapping ?? []), ...(choice.mappings ?? [])])
  await checkPruningPath(args)
  const { plan, heldImages, pins, desired } = await planFor(args, choice, invocation)
  const resources = await followResources(args, choice, plan, invocation)
  const text = encodePlan(plan)
  if (args.out !== undefined) await writeDocument(args.out, text, '-o')
  if (args.shoppingList !== undefined && args.from.length > 0)
    output.note(await writeShoppingList(args.shoppingList, plan))
  await exportPlan(args, plan, desired, output)
  await exportPruningPlan(args, plan, output)
  if (args.writePinned !== undefined) output.note(await writePinned(args.writePinned, pins))
  if (args.markdown) output.print(renderPlanMarkdown(plan))
  else
    output.print(
      renderPlan(plan, {
        style: output.style,
        width,
        heldImages,
        statePath: choice.statePath,
        onlyDeletes: args.delete,
        savedTo: args.out,
        all: args.full,
      }),
    )
  if (resources !== undefined)
    output.print(args.markdown ? inMarkdown(resources.changes) : `\n${resources.changes}`)
  return { plan, text, exitCode: args.detailedExitcode ? detailedExitCode(plan) : 0 }
}

/** @returns what to tell of it */
async function writeShoppingList(path: string, { target, missing = [] }: Plan): Promise<string> {
  const { encodeShoppingList } = await import('../../lib/plan/shopping-list.ts')
  await writeDocument(path, encodeShoppingList({ target, missing }), '--shopping-list')
  return missing.length === 0
    ? `Nothing is missing: the shopping list ${path} is empty.`
    : `Shopping list with ${countOf(missing.length, 'image')} in ${path}: carry it to where the archives come from.`
}

/** As a block that shows what comes and goes. */
function inMarkdown(changes: string): string {
  return `\n~~~diff\n${changes}\n~~~`
}

/** 0 no change, 2 changes, 3 changes that destroy (design, "Exit codes"). */
function detailedExitCode(plan: Plan): number {
  if (!hasChanges(plan)) return 0
  return isDestructive(plan) ? 3 : 2
}
