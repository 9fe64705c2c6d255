/** Everything that is wrong with a catalog, found in one reading and told together, each with its file and line. */
import { PlanError } from '../../../errors.ts'

export interface CatalogProblem {
  /** Below the root of the configs. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** Problems told one by one; of more, only their number. */
const MAX_TOLD = 20

const HINT =
  'the catalog was built wrongly: opm validate tells its author; mirror another version of it meanwhile'

/** A catalog that cannot be read. Its message lists the first problems as `file:line: text`. */
export class CatalogError extends PlanError {
  readonly problems: readonly CatalogProblem[]

  constructor(catalog: string, problems: readonly CatalogProblem[]) {
    const sorted = problems.toSorted(byPlace)
    super(messageFor(catalog, sorted), { hint: HINT })
    this.problems = sorted
  }
}

function messageFor(catalog: string, problems: readonly CatalogProblem[]): string {
  const lines = problems.slice(0, MAX_TOLD).map(({ file, line, text }) => `${file}:${line}: ${text}`)
  if (lines.length === 1) return `${catalog}: ${lines[0]}`
  const rest = problems.length - lines.length
  if (rest > 0) lines.push(`and ${rest} more`)
  return [`${catalog}: ${problems.length} problems:`, ...lines.map(line => `  ${line}`)].join('\n')
}

function byPlace(a: CatalogProblem, b: CatalogProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line
}
