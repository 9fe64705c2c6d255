/** YAML, JSON and encodings (Helm's toYaml and its kin; sprig, "Encoding", "Cryptographic" where nothing is by chance). */
import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import { messageOf } from '../../../../errors.ts'
import { YAML_OPTIONS } from '../../yaml-options.ts'
import { goText } from '../go-format.ts'
import { toYaml } from '../to-yaml.ts'
import { fromPlain, isDict, isList, sortedEntries, toPlain, type Value } from '../value.ts'
import { type TemplateFunction, textAt } from './arguments.ts'

/** Helm gives the error as data, so that a template goes on. */
function fromText(
  read: () => unknown,
  isRight: (value: Value) => boolean,
  wrong: (message: string) => Value,
): Value {
  try {
    const value = fromPlain(read())
    if (isRight(value)) return value
    return value === null ? wrong('') : wrong('the document is of another kind')
  } catch (error) {
    return wrong(messageOf(error))
  }
}

const errorDict = (message: string): Value => new Map(message === '' ? [] : [['Error', message]])
const errorList = (message: string): Value => (message === '' ? [] : [message])

function toToml(value: Value): string {
  if (!isDict(value)) return ''
  return sortedEntries(value)
    .map(([key, each]) => `${key} = ${JSON.stringify(toPlain(each))}\n`)
    .join('')
}

const hash = (algorithm: string): TemplateFunction => {
  return args => createHash(algorithm).update(textAt(args, 0)).digest('hex')
}

/** RFC 1950. */
function adler32(text: string): bigint {
  const MODULUS = 65521
  let a = 1
  let b = 0
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % MODULUS
    b = (b + a) % MODULUS
  }
  return BigInt(b * 65536 + a)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, 6. */
function base32(text: string): string {
  let bits = ''
  for (const byte of Buffer.from(text)) bits += byte.toString(2).padStart(8, '0')
  const letters = (bits.match(/.{1,5}/g) ?? []).map(
    five => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '',
  )
  return letters.join('').padEnd(Math.ceil(letters.length / 8) * 8, '=')
}

const rawJson: TemplateFunction = ([value]) => JSON.stringify(toPlain(value))
const json: TemplateFunction = ([value]) => safe(JSON.stringify(toPlain(value)))
const prettyJson: TemplateFunction = ([value]) => safe(JSON.stringify(toPlain(value), undefined, 2))

/** Go encoding/json writes what HTML would take for markup as codes. */
function safe(text: string): string {
  return text.replace(
    /[<>&\u2028\u2029]/g,
    found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** RFC 4648, 6. */
function fromBase32(text: string): string {
  let bits = ''
  for (const letter of text.replace(/=+$/, '')) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map(byte => Number.parseInt(byte, 2))).toString()
}

export const DOCUMENT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  toYaml: ([value]) => toYaml(value),
  toYamlPretty: ([value]) => toYaml(value, true),
  mustToYaml: ([value]) => toYaml(value),
  fromYaml: args => fromText(() => parse(textAt(args, 0), YAML_OPTIONS), isDict, errorDict),
  fromYamlArray: args => fromText(() => parse(textAt(args, 0), YAML_OPTIONS), isList, errorList),
  toJson: json,
  toRawJson: rawJson,
  toPrettyJson: prettyJson,
  fromJson: args => fromText(() => JSON.parse(textAt(args, 0)), isDict, errorDict),
  fromJsonArray: args => fromText(() => JSON.parse(textAt(args, 0)), isList, errorList),
  toToml: ([value]) => toToml(value),
  b64enc: args => Buffer.from(textAt(args, 0)).toString('base64'),
  b64dec: args => Buffer.from(textAt(args, 0), 'base64').toString(),
  b32dec: args => fromBase32(textAt(args, 0)),
  b32enc: args => base32(textAt(args, 0)),
  sha1sum: hash('sha1'),
  sha256sum: hash('sha256'),
  sha512sum: hash('sha512'),
  md5sum: hash('md5'),
  adler32sum: args => goText(adler32(textAt(args, 0))),
}
