import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { findJsonFault } from './json-fault.ts'
import { scanJson } from './json-scan.ts'

const spaces = fc.stringMatching(/^[ \t\r\n]{0,4}$/)
const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
const written = fc
  .tuple(object, fc.constantFrom('', '  ', '\t'), spaces)
  .map(([value, indent, after]) => ({ text: JSON.stringify(value, null, indent), after }))

describe('a file of JSON values one after another', () => {
  it('is divided where each begins and ends, with the line that it begins at', () => {
    fc.assert(
      fc.property(spaces, fc.array(written, { maxLength: 5 }), (before, values) => {
        const file = before + values.map(({ text, after }) => text + after).join('')
        const bytes = Buffer.from(file)
        const { spans, fault } = scanJson(bytes)
        assert.equal(fault, undefined)
        assert.deepEqual(
          spans.map(({ start, end }) => bytes.toString('utf8', start, end)),
          values.map(({ text }) => text),
        )
        for (const { start, line } of spans)
          assert.equal(line, bytes.toString('utf8', 0, start).split('\n').length)
      }),
    )
  })

  it('may have strings of any length, full of quotes and backslashes', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^["\\{}[\]a]{0,80}$/), { maxLength: 5 }), strings => {
        const text = JSON.stringify({ strings, last: '\\' })
        const { spans } = scanJson(Buffer.from(`${text}${text}`))
        assert.deepEqual(
          spans.map(({ start, end }) => [start, end]),
          [
            [0, Buffer.byteLength(text)],
            [Buffer.byteLength(text), 2 * Buffer.byteLength(text)],
          ],
        )
      }),
    )
  })

  const rows: readonly (readonly [what: string, text: string, spans: number, fault: unknown])[] = [
    ['nothing', '', 0, undefined],
    ['spaces only', ' \n\t\r\n', 0, undefined],
    ['a list', '{}\n[{}]', 1, { at: 3, line: 2, reason: 'no object' }],
    ['a comma between values', '{},{}', 1, { at: 2, line: 1, reason: 'no object' }],
    ['an object without its end', '{}\n\n{"a": [1}', 1, { at: 4, line: 3, reason: 'cut short' }],
    ['a string without its end', '{"a": "\\"}', 0, { at: 0, line: 1, reason: 'cut short' }],
    ['a long string without its end', `{"${'a'.repeat(50)}\\"}`, 0, { at: 0, line: 1, reason: 'cut short' }],
  ]
  for (const [what, text, count, fault] of rows)
    it(`of ${what} tells where it cannot be read on`, () => {
      const found = scanJson(Buffer.from(text))
      assert.equal(found.spans.length, count)
      assert.deepEqual(found.fault, fault)
    })
})

describe('the place where text stops being JSON', () => {
  const rows: readonly (readonly [text: string, at: number, what: string])[] = [
    ['{"a":}', 5, '"}" where a value should be'],
    ['{"a" 1}', 5, '"1" where ":" should be'],
    ['{"a":1,}', 7, '"}" where a key in quotes should be'],
    ['{a:1}', 1, '"a" where a key in quotes should be'],
    ['{"a":1 "b":2}', 7, '"\\"" where "," or "}" should be'],
    ['{"a":[1,]}', 8, '"]" where a value should be'],
    ['{"a":[1}', 7, '"}" where "," or "]" should be'],
    ['{"a":01}', 6, '"1" where "," or "}" should be'],
    ['{"a":"b\n"}', 7, '"\\n" inside a string'],
    ['{"a":"\\x"}', 6, '"\\\\x" is no escape of JSON'],
    ['{"a":"b', 5, 'a string that begins here never ends'],
    ['{"a":{"b":1}', 12, 'it ends where "," or "}" should be'],
    ['{} {}', 3, '"{" where the end should be'],
  ]
  for (const [text, at, what] of rows)
    it(`of ${JSON.stringify(text)} is found`, () => {
      assert.deepEqual(findJsonFault(text), { at, what })
    })

  it('is there exactly when the parser refuses the text', () => {
    const damage = fc.tuple(
      fc.jsonValue(),
      fc.nat(),
      fc.nat(3),
      fc.stringMatching(/^[{}[\]",:0-9.eE+\-truefalsn\\ ]{0,2}$/),
    )
    fc.assert(
      fc.property(damage, ([value, at, length, by]) => {
        const text = JSON.stringify(value)
        const from = at % (text.length + 1)
        const damaged = text.slice(0, from) + by + text.slice(from + length)
        let isJson = true
        try {
          JSON.parse(damaged)
        } catch {
          isJson = false
        }
        assert.equal(findJsonFault(damaged) === undefined, isJson, damaged)
      }),
      { numRuns: 500 },
    )
  })
})
