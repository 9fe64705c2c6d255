/** `plan`: reviews what would change, writes nothing but the plan. */
import { hasChanges, isDestructive, type Plan } from '../../lib/plan/plan.ts'
import { encodePlan } from '../../lib/plan/plan-file.ts'
import { countOf, renderPlan, renderPlanMarkdown } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { checkDocumentPath, writeDocument } from '../terminal/index.ts'
import { chooseTarget } from '../wiring/choose-target.ts'
import { type FollowArguments, followResources } from '../wiring/follow-resources.ts'
import { type MakePlanArguments, planFor } from '../wiring/plan-for.ts'
import { checkPinnedPath, writePinned } from '../wiring/write-pinned.ts'

export interface PlanArguments extends MakePlanArguments, FollowArguments {
  readonly out?: string | undefined
  readonly writePinned?: string | undefined
  readonly detailedExitcode: boolean
  readonly markdown: boolean
  readonly all: boolean
}

export const run: Command<PlanArguments> = async (args, invocation) => {
  const { output, width } = invocation
  const choice = await chooseTarget(args)
  if (args.out !== undefined) await checkDocumentPath(args.out, '-o')
  if (args.writePinned !== undefined) await checkPinnedPath(args.writePinned, choice.imageSets)
  const { plan, heldImages, pins } = await planFor(args, choice, invocation)
  const resources = await followResources(args, choice, plan, invocation)
  const text = encodePlan(plan)
  if (args.out !== undefined) await writeDocument(args.out, text, '-o')
  if (args.shoppingList !== undefined && args.from.length > 0)
    output.note(await writeShoppingList(args.shoppingList, plan))
  if (args.writePinned !== undefined) output.note(await writePinned(args.writePinned, pins))
  if (args.markdown) output.print(renderPlanMarkdown(plan))
  else
    output.print(
      renderPlan(plan, {
        style: output.style,
        width,
        heldImages,
        statePath: choice.statePath,
        savedTo: args.out,
        all: args.all,
      }),
    )
  if (resources !== undefined)
    output.print(args.markdown ? inMarkdown(resources.changes) : `\n${resources.changes}`)
  await output.document(text)
  return args.detailedExitcode ? detailedExitCode(plan) : 0
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
