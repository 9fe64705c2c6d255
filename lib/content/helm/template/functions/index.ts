/**
 * All functions of the template language: those of Go text/template, of sprig, and Helm's own. `must…` is the same function
 * where nothing else is said.
 */
import { type EvaluatedFunction, runNamed, runTemplate } from '../evaluate.ts'
import { parseTemplate } from '../parse-template.ts'
import { isNothing } from '../value.ts'
import { type TemplateFunction, textAt } from './arguments.ts'
import { COLLECTION_FUNCTIONS } from './collections.ts'
import { DOCUMENT_FUNCTIONS } from './documents.ts'
import { NUMBER_FUNCTIONS } from './numbers.ts'
import { PATTERN_FUNCTIONS } from './patterns.ts'
import { STAND_INS } from './stand-ins.ts'
import { TEXT_FUNCTIONS } from './texts.ts'

const PLAIN: Readonly<Record<string, TemplateFunction>> = {
  ...TEXT_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...DOCUMENT_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...STAND_INS,
}

/** Sprig's and Helm's functions that are also there as `mustFirst`, `mustToJson`, … */
const mustName = (name: string): string => `must${name.slice(0, 1).toUpperCase()}${name.slice(1)}`

const HELM_FUNCTIONS: Readonly<Record<string, EvaluatedFunction>> = {
  include: (args, running) => runNamed(textAt(args, 0), args[1], running),
  tpl: (args, running) => {
    const { body, defined } = parseTemplate(textAt(args, 0))
    const { evaluation } = running
    const known = defined.size === 0 ? evaluation.defined : new Map([...evaluation.defined, ...defined])
    return runTemplate(body, args[1], {
      evaluation: { ...evaluation, defined: known },
      depth: running.depth + 1,
    })
  },
  required: (args, { evaluation }) => {
    if (isNothing(args[1]) || args[1] === '') evaluation.remark(`a value has to be given: ${textAt(args, 0)}`)
    return args[1]
  },
  fail: (args, { evaluation }) => {
    evaluation.remark(`the chart stops: ${textAt(args, 0)}`)
    return ''
  },
}

export const FUNCTIONS: ReadonlyMap<string, EvaluatedFunction> = new Map<string, EvaluatedFunction>([
  ...Object.entries(PLAIN).map(([name, work]) => [mustName(name), work] as const),
  ...Object.entries(PLAIN),
  ...Object.entries(HELM_FUNCTIONS),
])
