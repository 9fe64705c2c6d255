/** What the fast reader of YAML takes, the parser of all of YAML takes too, and both make the same JSON of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseAllDocuments, stringify } from 'yaml'
import { jsonOfYaml } from './yaml-json.ts'
import { jsonOfPlainYaml } from './yaml-plain.ts'

const RUNS = 300

/** undefined when it is not YAML. */
function parsed(text: string): string | undefined {
  const documents = parseAllDocuments(text, { schema: 'core', uniqueKeys: false, prettyErrors: false })
  if (!Array.isArray(documents)) return 'null'
  if (documents.some(({ errors }) => errors.length > 0)) return undefined
  return documents.map(document => jsonOfYaml(document)).join() || 'null'
}

function assertSame(text: string): boolean {
  const plain = jsonOfPlainYaml(text)
  if (plain !== undefined) assert.equal(plain.json, parsed(text), JSON.stringify(text))
  return plain !== undefined
}

const words = fc
  .array(
    fc.constantFrom(
      'a',
      'operator',
      ' ',
      '  ',
      '\n',
      '\n\n',
      ': ',
      ':',
      '#',
      ' #',
      '- ',
      '-',
      "'",
      '"',
      '\\',
      '1.0',
      '0',
      'yes',
      'null',
      '~',
      '|',
      '>',
      '[',
      '{',
      '\t',
      'é',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '\u0085',
      '😀',
      '/',
      '.',
      'true',
      '%',
      '@',
      '*',
      '&',
      '<<',
    ),
    { maxLength: 20 },
  )
  .map(parts => parts.join(''))
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z0-9./-]{1,8}$/), words), tie('value'), { maxKeys: 4 }),
  ),
}))
const document = fc
  .tuple(
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), value, { minKeys: 1, maxKeys: 5 }),
    fc.constantFrom(0, 20, 80),
    fc.boolean(),
    fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'),
    fc.constantFrom('', '---\n', '--- # x\n'),
  )
  .map(
    ([json, lineWidth, indentSeq, defaultStringType, start]) =>
      start + stringify(json, { lineWidth, indentSeq, defaultStringType, aliasDuplicateObjects: false }),
  )

describe('plain YAML', () => {
  it('is read as the parser reads it, however it was written', () => {
    let taken = 0
    fc.assert(
      fc.property(document, text => {
        if (assertSame(text)) taken++
      }),
      { numRuns: RUNS },
    )
    assert.ok(taken > RUNS / 10, `${taken} of ${RUNS}`)
  })

  it('is left to the parser when somebody damaged it, unless it means the same to both', () => {
    const pieces = fc.constantFrom(
      '',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '\n  ',
      '- ',
      ': ',
      ':',
      ' #',
      '#',
      "'",
      '"',
      '\\',
      '|',
      '|+',
      '>',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!x ',
      '\t',
      '? ',
      '1',
      'a',
      '---',
      '...',
      '%',
      ',',
    )
    fc.assert(
      fc.property(
        document,
        fc.array(fc.tuple(fc.nat(), fc.nat(3), pieces), { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let damaged = text
          for (const [at, length, by] of edits) {
            const from = at % (damaged.length + 1)
            damaged = damaged.slice(0, from) + by + damaged.slice(from + length)
          }
          assertSame(damaged)
        },
      ),
      { numRuns: RUNS },
    )
  })

  const rows: readonly (readonly [what: string, yaml: string, json: string])[] = [
    [
      'lists in mappings, at the same column or deeper',
      'a:\n- 1\n- b: 2\n  c:\n    - d\n- - e\n  - f\n',
      '{"a":[1,{"b":2,"c":["d"]},["e","f"]]}',
    ],
    ['values that are not there', 'a:\nb:\n  -\n  - c:\n', '{"a":null,"b":[null,{"c":null}]}'],
    ['text over several lines', 'a: b\n  c\n\n\n  d: e\n'.replace('d: e', 'd:e'), '{"a":"b c\\n\\nd:e"}'],
    [
      'text in quotes over several lines',
      "a: \"b  \n\n  c\\\n  \\ d\\n\"\nb: 'it''s\n  so'\n",
      '{"a":"b\\nc d\\n","b":"it\'s so"}',
    ],
    ['blocks of text', 'a: |-\n\n  b\n   c\n\nd: |+\n  e\n\n', '{"a":"\\nb\\n c","d":"e\\n\\n"}'],
    ['comments', '# x\na: b # c\n# d\nb: "#" # e\n\n', '{"a":"b","b":"#"}'],
  ]
  for (const [what, yaml, json] of rows)
    it(`has ${what}`, () => {
      assert.equal(jsonOfPlainYaml(yaml)?.json, json)
      assert.equal(parsed(yaml), json)
    })

  const left: readonly string[] = [
    'a: [b]\n',
    'a: >\n  b\n',
    'a: &b c\n',
    'a: 1\na: 2\n',
    'a: .5\n',
    'a: "\\x41"\n',
    'a: b',
    'a:\n   b: 1\n  c: 2\n',
    '%YAML 1.2\n---\na: 1\n',
    'a: 1\n...\n',
    '"text"\n',
    '? a\n: b\n',
    '<<: {a: b}\n',
    'a: b: c\n',
    'a: - b\n',
    'a: |2\n   b\n',
    '\ta: b\n',
    'a: 1\r\n',
    '',
  ]
  for (const text of left)
    it(`does not include ${JSON.stringify(text)}`, () => {
      assert.equal(jsonOfPlainYaml(text), undefined)
    })
})
