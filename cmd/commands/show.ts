/** `show`: a saved plan or a state, without any network. */

import { UsageError } from '../../lib/errors.ts'
import { decodeState } from '../../lib/files/state-file.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { renderPlan, renderPlanMarkdown, renderState } from '../../lib/report/index.ts'
import { requestLines } from '../../lib/report/request-text.ts'
import type { Command } from '../invocation.ts'
import { type ExportArguments, exportShown } from '../wiring/mapping/export-mapping.ts'
import { readText } from '../wiring/read-text.ts'

export interface ShowArguments extends ExportArguments {
  readonly file: string
  readonly all: boolean
  readonly deletes: boolean
  readonly markdown: boolean
  readonly requests: boolean
}

export const run: Command<ShowArguments> = async (args, { output, width }) => {
  const { file } = args
  const text = await readText(file, 'plan or state')
  const { style } = output
  if (formatOf(text, file) === 'mirrorform-state') {
    const state = decodeState(text, file)
    await exportShown(args, { state }, output)
    output.print(renderState(state, { style, width, all: args.all }))
  } else {
    const plan = decodePlan(text, file)
    await exportShown(args, { plan }, output)
    if (args.requests) output.print(requestLines(plan).join('\n'))
    else if (args.markdown) output.print(renderPlanMarkdown(plan))
    else {
      output.print(
        renderPlan(plan, {
          style,
          width,
          statePath: plan.statePath,
          shownFrom: file,
          all: args.all,
          deletes: args.deletes,
        }),
      )
    }
  }
  await output.document(text)
  return 0
}

/** By its first member, which stands in a damaged file too: what is wrong with it is told by whoever decodes it. */
function formatOf(text: string, file: string): string {
  const format = /^\s*\{\s*"format"\s*:\s*"([^"]*)"/.exec(text)?.[1]
  if (format === 'mirrorform-state' || format === 'mirrorform-plan') return format
  throw new UsageError(`${file} is neither a plan nor a state`, {
    hint: 'plans are written by `mirrorform plan -o FILE`, states by `mirrorform apply`',
  })
}
