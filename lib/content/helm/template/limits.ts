/**
 * How long a chart may compute and how much text it may handle, so that one made to never end, or to grow without end,
 * ends here.
 */
import { TemplateFault } from './template-fault.ts'
import { isList, type Value } from './value.ts'

/** What is left; counted over all templates of a chart. */
export interface Limits {
  steps: number
  characters: number
}

/** Characters of a text, and items of a list: a chart that doubles something again and again ends here. */
const MAX_LENGTH = 8 * 1024 * 1024

/** @throws TemplateFault */
export function step(limits: Limits): void {
  if (--limits.steps < 0) throw new TemplateFault('the chart computes longer than any chart does')
}

/** Texts cost what they are long, each time one is handled. @returns the value. @throws TemplateFault */
export function charge(limits: Limits, value: Value): Value {
  if (typeof value === 'string') limits.characters -= value.length
  if (limits.characters < 0) throw new TemplateFault('the chart handles more text than any chart does')
  return value
}

/** @returns the value. @throws TemplateFault */
export function bounded(value: Value): Value {
  if ((typeof value === 'string' || isList(value)) && value.length > MAX_LENGTH)
    throw new TemplateFault(`${value.length} characters or items are more than a chart needs`)
  return value
}
