/** `--export-pruning-plan`: the deletes of a plan as oc-mirror v1 writes them, for who checks that file. */
import { UsageError } from '../../../lib/errors.ts'
import type { Plan } from '../../../lib/plan/plan.ts'
import { encodePruningPlan } from '../../../lib/plan/pruning-plan.ts'
import { formatTarget } from '../../../lib/target.ts'
import { checkDocumentPath, type Output, writeDocument } from '../../terminal/index.ts'

export interface PruningArguments {
  readonly exportPruningPlan?: string | undefined
}

const OPTION = '--export-pruning-plan'

/** Asked before long work. @throws MirrorformError */
export async function checkPruningPath({ exportPruningPlan }: PruningArguments): Promise<void> {
  if (exportPruningPlan !== undefined) await checkDocumentPath(exportPruningPlan, OPTION)
}

/** @throws UsageError for a target that is a folder, MirrorformError */
export async function exportPruningPlan(
  { exportPruningPlan: path }: PruningArguments,
  plan: Plan,
  output: Output,
): Promise<void> {
  if (path === undefined) return
  const text = encodePruningPlan(plan)
  if (text === undefined)
    throw new UsageError(`${OPTION} is about registries, and ${formatTarget(plan.target)} is none`, {
      hint: `leave ${OPTION} out; the plan itself lists its deletes`,
    })
  await writeDocument(path, text, OPTION)
  output.note(`Pruning plan in ${path}.`)
}
