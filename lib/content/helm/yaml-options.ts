/**
 * How charts are read as YAML: as Helm does (go-yaml, version 1.1: `yes` is true), less what nobody means (`1:20` as a number).
 * The numbers are go-yaml's: `.`, `e5` and what is too large for a float are texts, which tags of images may well be.
 */
import type {
  CollectionTag,
  DocumentOptions,
  ParseOptions,
  ScalarTag,
  SchemaOptions,
  ToJSOptions,
} from 'yaml'

/** Written out, more than any chart has; a chart with more is built to fill the memory. */
const MAX_ALIASES = 1000

const FLOAT = 'tag:yaml.org,2002:float'
const INT = 'tag:yaml.org,2002:int'

/** go-yaml, resolve: a decimal number with a point or an exponent. */
const decimal: ScalarTag = {
  default: true,
  tag: FLOAT,
  test: /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
  resolve: text => {
    const value = Number.parseFloat(text.replaceAll('_', ''))
    return Number.isFinite(value) ? value : text
  },
}

/** Go's own spelling, which go-yaml takes beside `017`. */
const octal: ScalarTag = {
  default: true,
  tag: INT,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: text => {
    const size = Number.parseInt(text.replace(/^[-+]?0o/, '').replaceAll('_', ''), 8)
    return text.startsWith('-') ? -size : size
  },
}

export const YAML_OPTIONS: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  logLevel: 'error',
  maxAliasCount: MAX_ALIASES,
  sortMapEntries: true,
  customTags: tags => [octal, ...tags.filter(tag => typeof tag === 'string' || isTaken(tag)), decimal],
}

/** Not timestamps, not `1:20`, and not what takes `.` and `e5` for numbers. */
function isTaken(tag: CollectionTag | ScalarTag): boolean {
  if (tag.tag.endsWith(':timestamp') || tag.format === 'TIME') return false
  const { test } = tag
  return tag.tag !== FLOAT || test === undefined || !(test.test('1.5') || test.test('1e5'))
}
