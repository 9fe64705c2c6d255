/** One template, or the files of one chart, rendered for tests. */
import type { ChartTexts } from '../../../../testdata/charts.ts'
import { bytesOf } from '../../../../testdata/charts.ts'
import { readChart } from '../chart/read-chart.ts'
import { type RenderedTemplate, renderChart } from '../render/render-chart.ts'
import { runTemplate } from '../template/evaluate.ts'
import { FUNCTIONS } from '../template/functions/index.ts'
import { parseTemplate } from '../template/parse-template.ts'
import { fromPlain } from '../template/value.ts'

export interface Evaluated {
  readonly text: string
  /** What Helm would have stopped at. */
  readonly remarks: readonly string[]
}

export function evaluate(template: string, data: unknown = {}): Evaluated {
  const remarks: string[] = []
  const { body, defined } = parseTemplate(template)
  const evaluation = {
    defined,
    functions: FUNCTIONS,
    remark: (text: string): void => void remarks.push(text),
    limits: { steps: 200_000, characters: 1_000_000 },
  }
  return { text: runTemplate(body, fromPlain(data), { evaluation, depth: 0 }), remarks }
}

export async function render(files: ChartTexts): Promise<readonly RenderedTemplate[]> {
  return renderChart(await readChart(bytesOf(files), 'the chart'))
}

/** The text of one template, by the end of its path. @throws Error when it was not rendered */
export async function textOf(files: ChartTexts, path: string): Promise<string> {
  const found = (await render(files)).find(each => each.path.endsWith(path))
  if (found?.kind === 'rendered') return found.text
  throw new Error(`${path}: ${found?.reason ?? 'not there'}`)
}
