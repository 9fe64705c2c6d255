import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SyntaxFault } from '../errors.ts'
import { conflictLine, parseJsonText } from './json-syntax.ts'

const rows: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    'a text that ends early',
    '{\n  "a": [1,\n',
    /^f\.json:3:1: not JSON: a value should stand here, but the text ends$/,
  ],
  ['a bare word', '{\n  "a": yes\n}', /^f\.json:2:8: .* a value should stand here, but there is "yes\\n\}"$/],
  ['a missing comma', '{"a": 1\n "b": 2}', /^f\.json:2:2: .*"," or "\}" should stand here/],
  ['a missing comma in a list', '[1 2]', /^f\.json:1:4: .*"," or "\]" should stand here/],
  ['a comma too many in an object', '{"a": 1,}', /^f\.json:1:9: .*a name in quotes should stand here/],
  ['a comma too many in a list', '[1,]', /^f\.json:1:4: .*a value should stand here/],
  ['a missing colon', '{"a" 1}', /^f\.json:1:6: .*":" should stand here/],
  ['a name without quotes', '{a: 1}', /^f\.json:1:2: .*a name in quotes or "}" should stand here/],
  ['a string that never ends', '["abc', /^f\.json:1:2: .*a value should stand here/],
  ['something after the end', '{} {}', /^f\.json:1:4: .*the end of the file should stand here/],
  ['a number with a leading zero', '[01]', /^f\.json:1:3: /],
  ['a byte order mark', '\ufeff{}', /^f\.json:1:1: /],
]

for (const [what, text, message] of rows) {
  test(`${what} is reported with line and column`, () => {
    assert.throws(
      () => parseJsonText(text, 'f.json'),
      (error: unknown) => error instanceof SyntaxFault && message.test(error.message),
    )
  })
}

test('any JSON is read, and any cut of it is refused inside the text or at its end', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, seed) => {
      assert.deepEqual(parseJsonText(json, 'f'), JSON.parse(json))
      const text = `{"cut": ${json}}`
      const cut = text.slice(0, seed % text.length)
      assert.throws(() => parseJsonText(cut, 'f'), /^SyntaxFault: f:1:\d+: not JSON: /)
    }),
  )
})

test('a merge conflict that git left is found by its line', () => {
  assert.equal(conflictLine('{\n<<<<<<< HEAD\n  "a": 1\n=======\n  "a": 2\n>>>>>>> other\n}\n'), 2)
  assert.equal(conflictLine('{\n  "note": "<<<<<<< HEAD"\n}\n'), undefined)
})
