/**
 * Values → YAML as Helm's `toYaml` writes it (go-yaml): sorted keys, lists level with their key, texts in the quotes that
 * go-yaml takes, long ones folded. Templates measure, compare and fill such texts, so that they have to be the same.
 */
import { parse } from 'yaml'
import { YAML_OPTIONS } from '../yaml-options.ts'
import { floatText, goQuote } from './go-format.ts'
import { GoObject, isDict, isList, isNothing, sortedEntries, type Value } from './value.ts'

/** go-yaml folds behind this column. */
const WIDTH = 80
/** go-yaml writes whole numbers up to here without an exponent. */
const MAX_WHOLE = 2 ** 64

/** Without a line end. `isPretty`: lists are set in below their key (`toYamlPretty`). */
export function toYaml(value: Value, isPretty = false): string {
  return block(value, 0, 0, isPretty).replace(/\n$/, '')
}

/** @param column where the value begins, on the line of its key or dash */
function block(value: Value, indent: number, column: number, isPretty: boolean): string {
  if (value instanceof GoObject) return block(new Map(value.members), indent, column, isPretty)
  const pad = ' '.repeat(indent)
  if (isList(value)) {
    if (value.length === 0) return '[]\n'
    return value.map(each => `- ${block(each, indent + 2, indent + 2, isPretty)}`).join(pad)
  }
  if (!isDict(value)) return `${scalar(value, indent, column)}\n`
  if (value.size === 0) return '{}\n'
  return sortedEntries(value)
    .map(([key, each]) => `${keyText(key)}:${behindKey(each, indent, keyText(key).length, isPretty)}`)
    .join(pad)
}

function behindKey(value: Value, indent: number, width: number, isPretty: boolean): string {
  const isBelow = (isList(value) && value.length > 0) || (isDict(value) && value.size > 0)
  if (value instanceof GoObject || isBelow) {
    const inner = isList(value) && !isPretty ? indent : indent + 2
    return `\n${' '.repeat(inner)}${block(value, inner, inner, isPretty)}`
  }
  return ` ${block(value, indent + 2, indent + width + 2, isPretty)}`
}

function keyText(key: string): string {
  return plainOrQuoted(key, 0, 0, Number.POSITIVE_INFINITY)
}

function scalar(value: Value, indent: number, column: number): string {
  if (isNothing(value) || typeof value === 'function') return 'null'
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < MAX_WHOLE ? wholeText(value) : floatText(value)
  if (typeof value !== 'string') return String(value)
  const inner = Math.max(indent, 2)
  if (value.includes('\n') && isPrinted(value) && !/ \n| $/.test(value)) return literal(value, inner)
  return plainOrQuoted(value, inner, column, WIDTH)
}

function wholeText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** `|`, with `-` where no line end follows and `+` where several do. */
function literal(text: string, indent: number): string {
  const pad = ' '.repeat(indent)
  const kept = text.endsWith('\n') ? (/(?:^|\n)\n$/.test(text) ? '+' : '') : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const lines = text.replace(/\n$/, '').split('\n')
  return `|${hint}${kept}\n${lines.map(line => (line === '' ? '' : pad + line)).join('\n')}`
}

const FIRST = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/

function plainOrQuoted(text: string, indent: number, column: number, width: number): string {
  if (isReadOtherwise(text) || !isPrinted(text) || text.includes('\n')) return goQuote(text)
  const isPlain = text !== '' && !FIRST.test(text) && !/:(?:\s|$)|\s#|^\s|\s$/.test(text)
  const quoted = isPlain ? text : `'${text.replaceAll("'", "''")}'`
  return folded(quoted, indent, column, width)
}

/** A text that would be read as a number, a switch, a time or nothing. */
function isReadOtherwise(text: string): boolean {
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true
  if (/^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/.test(text)) return true
  if (text === '') return true
  if (FIRST.test(text) || !/^(?:[-+.~0-9]|[a-zA-Z]{1,5}$)/.test(text)) return false
  try {
    return typeof parse(text, YAML_OPTIONS) !== 'string'
  } catch {
    return false
  }
}

function isPrinted(text: string): boolean {
  return /^[\n\x20-\x7e\x85\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text)
}

/** At single spaces, once the line is longer than it should be. */
function folded(text: string, indent: number, column: number, width: number): string {
  if (column + text.length <= width) return text
  let at = column
  return Array.from(text, (character, index) => {
    const isAlone = character === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' '
    const isInside = index > 1 && index < text.length - 2
    if (isAlone && isInside && at > width) {
      at = indent
      return `\n${' '.repeat(indent)}`
    }
    at++
    return character
  }).join('')
}
