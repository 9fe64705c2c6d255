/** Functions on texts: those of Go text/template and of sprig ("String Functions") that charts use. */
import { goQuote, goText } from '../go-format.ts'
import { sprintf } from '../sprintf.ts'
import { isNothing, isTrue, type Value } from '../value.ts'
import { countAt, listAt, MAX_MADE, type TemplateFunction, textAt, textsOf, wholeAt } from './arguments.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

function indent(spaces: number, text: string): string {
  return text.replace(/^/gm, ' '.repeat(Math.min(spaces, MAX_MADE)))
}

function print(args: readonly Value[]): string {
  return args.map((arg, at) => (needsSpace(args, at) ? ` ${goText(arg)}` : goText(arg))).join('')
}

/** Go fmt's Print puts a space between operands when neither is a text. */
function needsSpace(args: readonly Value[], at: number): boolean {
  return at > 0 && typeof args[at] !== 'string' && typeof args[at - 1] !== 'string'
}

function words(text: string): readonly string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter(word => word !== '')
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

function trunc(length: number, text: string): string {
  if (length < 0) return text.length + length > 0 ? text.slice(length) : text
  return text.slice(0, length)
}

function substring(start: number, end: number, text: string): string {
  if (start < 0) return text.slice(0, Math.max(0, end))
  return end < 0 || end > text.length ? text.slice(start) : text.slice(start, end)
}

function wrap(width: number, text: string, by: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join(by)
}

/** goutils, AbbreviateFull: an ellipsis for what is left out at the start, and one for the end. */
function abbreviated(offset: number, width: number, text: string): string {
  if (width < 4 || (offset > 0 && width < 7) || text.length <= width) return text
  const start = Math.min(offset, text.length)
  const from = text.length - start < width - 3 ? text.length - (width - 3) : start
  if (from <= 4) return `${text.slice(0, width - 3)}...`
  if (width < 7) return text
  if (from + width - 3 >= text.length) return `...${text.slice(text.length - (width - 3))}`
  return `...${text.slice(from, from + width - 6)}...`
}

export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  print,
  println: args => `${args.map(goText).join(' ')}\n`,
  printf: ([format, ...args]) => sprintf(isNothing(format) ? '' : goText(format), args),
  quote: args =>
    textsOf(args)
      .map(text => goQuote(text))
      .join(' '),
  squote: args =>
    textsOf(args)
      .map(text => `'${text}'`)
      .join(' '),
  cat: args => textsOf(args).join(' '),
  toString: (args: readonly Value[]) => goText(args[0]),
  toStrings: args => [...textsOf(args[0])],
  upper: args => textAt(args, 0).toUpperCase(),
  lower: args => textAt(args, 0).toLowerCase(),
  title: args =>
    textAt(args, 0).replace(/(^|\s)(\S)/g, (_, space: string, first: string) => space + first.toUpperCase()),
  untitle: args =>
    textAt(args, 0).replace(/(^|\s)(\S)/g, (_, space: string, first: string) => space + first.toLowerCase()),
  snakecase: args =>
    words(textAt(args, 0))
      .map(word => word.toLowerCase())
      .join('_'),
  kebabcase: args =>
    words(textAt(args, 0))
      .map(word => word.toLowerCase())
      .join('-'),
  camelcase: args => words(textAt(args, 0)).map(capital).join(''),
  swapcase: args =>
    [...textAt(args, 0)].map(c => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  initials: args =>
    textAt(args, 0)
      .split(/\s+/)
      .map(word => word.slice(0, 1))
      .join(''),
  trim: args => textAt(args, 0).trim(),
  trimAll: args => trimBoth(textAt(args, 1), textAt(args, 0)),
  trimPrefix: args => withoutStart(textAt(args, 1), textAt(args, 0)),
  trimSuffix: args => withoutEnd(textAt(args, 1), textAt(args, 0)),
  nospace: args => textAt(args, 0).replace(/\s+/g, ''),
  replace: args => textAt(args, 2).replaceAll(textAt(args, 0), () => textAt(args, 1)),
  repeat: args => {
    const count = countAt(args, 0)
    return textAt(args, 1).repeat(Math.min(count, MAX_MADE))
  },
  substr: args => substring(Number(wholeAt(args, 0)), Number(wholeAt(args, 1)), textAt(args, 2)),
  trunc: args => trunc(Number(wholeAt(args, 0)), textAt(args, 1)),
  abbrev: args => {
    const width = Number(wholeAt(args, 0))
    const text = textAt(args, 1)
    return width < 4 || text.length <= width ? text : `${text.slice(0, width - 3)}...`
  },
  abbrevboth: args => abbreviated(Number(wholeAt(args, 0)), Number(wholeAt(args, 1)), textAt(args, 2)),
  hello: () => 'Hello!',
  contains: args => textAt(args, 1).includes(textAt(args, 0)),
  hasPrefix: args => textAt(args, 1).startsWith(textAt(args, 0)),
  hasSuffix: args => textAt(args, 1).endsWith(textAt(args, 0)),
  indent: args => indent(countAt(args, 0), textAt(args, 1)),
  nindent: args => `\n${indent(countAt(args, 0), textAt(args, 1))}`,
  wrap: args => wrap(Number(wholeAt(args, 0)), textAt(args, 1), '\n'),
  wrapWith: args => wrap(Number(wholeAt(args, 0)), textAt(args, 2), textAt(args, 1)),
  plural: args => textAt(args, Number(wholeAt(args, 2)) === 1 ? 0 : 1),
  split: args =>
    new Map(
      textAt(args, 1)
        .split(textAt(args, 0))
        .map((part, at) => [`_${at}`, part]),
    ),
  splitn: args =>
    new Map(
      splitList(textAt(args, 2), textAt(args, 0), Number(wholeAt(args, 1))).map((part, at) => [
        `_${at}`,
        part,
      ]),
    ),
  splitList: args => splitList(textAt(args, 1), textAt(args, 0), -1),
  join: args => textsOf(args[1]).join(textAt(args, 0)),
  sortAlpha: args => [...textsOf(listAt(args, 0))].sort(),
  html: args => textAt(args, 0).replace(/[&<>"']/g, found => ENTITIES[found] ?? found),
  js: args => escapeScript(textAt(args, 0)),
  urlquery: args =>
    encodeURIComponent(textAt(args, 0))
      .replace(/[!'()*]/g, found => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+'),
  not: ([value]) => !isTrue(value),
}

/** Go text/template, JSEscape. */
function escapeScript(text: string): string {
  return text
    .replace(/[\\'"]/g, found => `\\${found}`)
    .replace(
      /[<>&=\p{Cc}]/gu,
      found => `\\u${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    )
}

function splitList(text: string, by: string, most: number): readonly string[] {
  const parts = text.split(by)
  return most > 0 && parts.length > most
    ? [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]
    : parts
}

function withoutStart(text: string, start: string): string {
  return start !== '' && text.startsWith(start) ? text.slice(start.length) : text
}

function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text
}

function trimBoth(text: string, characters: string): string {
  const drop = new Set(characters)
  let start = 0
  let end = text.length
  while (start < end && drop.has(text[start] ?? '')) start++
  while (end > start && drop.has(text[end - 1] ?? '')) end--
  return text.slice(start, end)
}
