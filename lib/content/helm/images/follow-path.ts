/** What a JSONPath expression finds in a document (Kubernetes, "JSONPath Support"): a missing key finds nothing. */
import type { JsonPath, PathStep } from '../../../config/index.ts'
import { isRecord } from '../../../oci/json.ts'

/** Texts that the expressions find; lists and numbers of them are written out as kubectl does, words apart. */
export function findTexts(document: unknown, path: JsonPath): readonly string[] {
  return path.expressions
    .flatMap(steps =>
      steps.reduce<readonly unknown[]>(
        (found, step) => found.flatMap(each => follow(each, step)),
        [document],
      ),
    )
    .flatMap(textsIn)
    .flatMap(text => text.split(/\s+/).filter(word => word !== ''))
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.flatMap(textsIn) : []
}

function follow(value: unknown, step: PathStep): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'all':
      return itemsOf(value)
    case 'item':
      return Array.isArray(value) ? value.slice(step.at, step.at === -1 ? undefined : step.at + 1) : []
    case 'slice':
      return Array.isArray(value) ? value.slice(step.from, step.to) : []
    case 'below':
      return everythingIn(value)
    case 'filter':
      return itemsOf(value).filter(item => passes(item, step))
    default:
      return step satisfies never
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : []
}

function everythingIn(value: unknown): readonly unknown[] {
  return [value, ...itemsOf(value).flatMap(everythingIn)]
}

function passes(item: unknown, { field, operator, value }: Extract<PathStep, { kind: 'filter' }>): boolean {
  const found = field.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), item)
  if (operator === 'exists') return found !== undefined
  return (String(found) === value) === (operator === '==')
}
