/**
 * `{.spec.containers[*].image}` → steps into a document (Kubernetes, "JSONPath Support"): fields, `['quoted']` ones, items,
 * slices, `..` and filters that compare one field. Ranges and functions have no use for finding images and are refused.
 */
import { SyntaxFault } from '../errors.ts'

export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  /** `*` or `[*]`: every item, or every field. */
  | { readonly kind: 'all' }
  | { readonly kind: 'item'; readonly at: number }
  | { readonly kind: 'slice'; readonly from: number; readonly to: number | undefined }
  /** `..`: the value itself and everything below it. */
  | { readonly kind: 'below' }
  | {
      readonly kind: 'filter'
      readonly field: readonly string[]
      readonly operator: '==' | '!=' | 'exists'
      readonly value: string
    }

/** One expression of braces or more, each a list of steps from the top of the document. */
export interface JsonPath {
  /** As written. */
  readonly text: string
  readonly expressions: readonly (readonly PathStep[])[]
}

const SHOWN = 'for instance {.spec.template.spec.containers[*].image}'
const NAME = /^[^.[\]{}()*'"\s]+/
const FILTER = /^\[\?\(\s*@((?:\.[\w-]+)+)\s*(?:(==|!=)\s*("[^"]*"|'[^']*'|[\w.-]+)\s*)?\)\]/

/** @throws SyntaxFault */
export function parseJsonPath(text: string): JsonPath {
  const trimmed = text.trim()
  const bodies = trimmed.startsWith('{') ? bracesIn(trimmed) : [trimmed]
  if (bodies.length === 0 || trimmed === '') throw fault(text, 'it is empty')
  return { text, expressions: bodies.map(body => parseSteps(body, text)) }
}

function bracesIn(text: string): readonly string[] {
  const found = [...text.matchAll(/\{([^{}]*)\}\s*/g)]
  if (found.map(([whole]) => whole).join('') !== text) throw fault(text, 'its braces do not close')
  return found.map(([, body = '']) => body.trim())
}

function parseSteps(body: string, text: string): readonly PathStep[] {
  if (/^(?:range|end)\b/.test(body)) throw fault(text, 'ranges are not supported')
  const steps: PathStep[] = []
  let rest = body.replace(/^[$@]/, '')
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`
  while (rest !== '') {
    const { step, length } = nextStep(rest, text)
    if (step !== undefined) steps.push(step)
    rest = rest.slice(length)
  }
  return steps
}

function nextStep(rest: string, text: string): { readonly step?: PathStep; readonly length: number } {
  if (rest.startsWith('..')) return { step: { kind: 'below' }, length: isName(rest.slice(2)) ? 1 : 2 }
  if (rest.startsWith('.[')) return { length: 1 }
  if (rest.startsWith('.*')) return { step: { kind: 'all' }, length: 2 }
  if (rest === '.') return { length: 1 }
  if (rest.startsWith('.')) {
    const escaped = /^\.((?:\\.|[^.[\]{}()*'"\s\\])+)/.exec(rest)
    if (escaped === null) throw fault(text, `"${rest}" is no field`)
    return {
      step: { kind: 'field', name: (escaped[1] ?? '').replace(/\\(.)/g, '$1') },
      length: escaped[0].length,
    }
  }
  const filter = FILTER.exec(rest)
  if (filter !== null) {
    const [whole, field = '', operator, value = ''] = filter
    return {
      step: {
        kind: 'filter',
        field: field.slice(1).split('.'),
        operator: operator === '==' || operator === '!=' ? operator : 'exists',
        value: value.replace(/^(["'])(.*)\1$/, '$2'),
      },
      length: whole.length,
    }
  }
  const bracket = /^\[\s*(?:(\*)|(-?\d+)?(:)?(-?\d+)?|'([^']*)'|"([^"]*)")\s*\]/.exec(rest)
  if (bracket === null) throw fault(text, `"${rest}" cannot be read`)
  const [whole, star, first, colon, last, single, double] = bracket
  const name = single ?? double
  const length = whole.length
  if (star !== undefined) return { step: { kind: 'all' }, length }
  if (name !== undefined) return { step: { kind: 'field', name }, length }
  if (colon !== undefined)
    return {
      step: { kind: 'slice', from: Number(first ?? 0), to: last === undefined ? undefined : Number(last) },
      length,
    }
  if (first === undefined) throw fault(text, '"[]" names no item')
  return { step: { kind: 'item', at: Number(first) }, length }
}

function isName(rest: string): boolean {
  return NAME.test(rest)
}

function fault(text: string, why: string): SyntaxFault {
  return new SyntaxFault(`"${text}" is not a JSONPath expression: ${why}`, { hint: `write a path, ${SHOWN}` })
}
