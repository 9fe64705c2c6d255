/** Everything that keeps a catalog from being filtered, told together: what is wrong, and what to change where. */
import { PlanError } from '../../../errors.ts'

export interface FilterProblem {
  /** Where the image set asks for it: `imageset.yaml:14`. */
  readonly place?: string
  readonly package?: string
  readonly channel?: string
  /** What is wrong, without the names above. */
  readonly text: string
  /** What to change. */
  readonly hint?: string
}

/** A catalog that cannot be filtered as asked. Its message has a line for each problem, its hint one for each remedy. */
export class FilterError extends PlanError {
  readonly problems: readonly FilterProblem[]

  constructor(catalog: string, problems: readonly FilterProblem[]) {
    const lines = new Set(problems.map(problem => lineFor(catalog, problem)))
    super([...lines].join('\n'), { hint: hintFor(problems) })
    this.problems = problems
  }
}

/** `package widget, channel stable`; empty for neither. */
export function subjectOf(problem: Pick<FilterProblem, 'package' | 'channel'>): string {
  return [
    ...(problem.package === undefined ? [] : [`package ${problem.package}`]),
    ...(problem.channel === undefined ? [] : [`channel ${problem.channel}`]),
  ].join(', ')
}

function lineFor(catalog: string, problem: FilterProblem): string {
  const parts = [problem.place ?? '', `catalog ${catalog}`, subjectOf(problem), problem.text]
  return parts.filter(part => part !== '').join(': ')
}

/** Of several problems each hint says what it is about. */
function hintFor(problems: readonly FilterProblem[]): string | undefined {
  const hints = new Set(
    problems.flatMap(problem => {
      if (problem.hint === undefined) return []
      const subject = problems.length === 1 ? '' : subjectOf(problem)
      return subject === '' ? problem.hint : `${subject}: ${problem.hint}`
    }),
  )
  return hints.size === 0 ? undefined : [...hints].join('\n')
}
