/** `plan`: reviews what would change, writes nothing but the plan. */
import { hasChanges, isDestructive, type Plan } from '../../lib/plan/plan.ts'
import { encodePlan } from '../../lib/plan/plan-file.ts'
import { renderPlan, renderPlanMarkdown } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { checkDocumentPath, writeDocument } from '../terminal/index.ts'
import { chooseTarget } from '../wiring/choose-target.ts'
import { type MakePlanArguments, planFor } from '../wiring/plan-for.ts'

export interface PlanArguments extends MakePlanArguments {
  readonly out?: string | undefined
  readonly detailedExitcode: boolean
  readonly markdown: boolean
  readonly all: boolean
}

export const run: Command<PlanArguments> = async (args, invocation) => {
  const { output, width } = invocation
  const choice = await chooseTarget(args)
  if (args.out !== undefined) await checkDocumentPath(args.out, '-o')
  const { plan, heldImages } = await planFor(args, choice, invocation)
  const text = encodePlan(plan)
  if (args.out !== undefined) await writeDocument(args.out, text, '-o')
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
  await output.document(text)
  return args.detailedExitcode ? detailedExitCode(plan) : 0
}

/** 0 no change, 2 changes, 3 changes that destroy (design, "Exit codes"). */
function detailedExitCode(plan: Plan): number {
  if (!hasChanges(plan)) return 0
  return isDestructive(plan) ? 3 : 2
}
