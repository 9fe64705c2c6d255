import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { fileDocuments } from './file-documents.ts'

function read(text: string, file = 'catalog.yaml') {
  const problems: string[] = []
  const complain = (line: number, what: string) => void problems.push(`${line}: ${what}`)
  const documents = [...fileDocuments(file, Buffer.from(text), complain)]
  return { documents, problems, texts: documents.map(({ bytes }) => bytes.toString()) }
}

describe('a YAML document', () => {
  const rows: readonly (readonly [what: string, yaml: string, json: string])[] = [
    [
      'numbers as they are written',
      'a: [1.0, 1e3, -0, 12345678901234567890123]',
      '{"a":[1.0,1e3,-0,12345678901234567890123]}',
    ],
    [
      'numbers that JSON writes otherwise',
      'a: [+1, .5, 1., 007, 0x1F, 0o17, -.5e2]',
      '{"a":[1,0.5,1,7,31,15,-0.5e2]}',
    ],
    [
      'a number longer than a double, in hexadecimal',
      'a: 0xFFFFFFFFFFFFFFFFFF',
      '{"a":4722366482869645213695}',
    ],
    [
      'yes, no, on and off as text',
      'a: [yes, no, on, off, true, False, ~, null, ]',
      '{"a":["yes","no","on","off",true,false,null,null]}',
    ],
    [
      'dates and versions as text',
      'a: [2024-01-01, 2024-01-01T00:00:00Z, 1.2.3, 1:30]',
      '{"a":["2024-01-01","2024-01-01T00:00:00Z","1.2.3","1:30"]}',
    ],
    ['numbers in quotes as text', `a: ["1.0", '2']`, '{"a":["1.0","2"]}'],
    [
      'keys as text, in their order',
      '2: a\n1: b\ntrue: c\n1.0: d\n__proto__: e',
      '{"2":"a","1":"b","true":"c","1.0":"d","__proto__":"e"}',
    ],
    ['blocks of text', 'a: |\n  x\n   y\nb: >-\n  x\n  y\n', '{"a":"x\\n y\\n","b":"x y"}'],
    ['anchors written out', 'a: &x {b: 1.0}\nc: *x\n', '{"a":{"b":1.0},"c":{"b":1.0}}'],
    [
      'merge keys carried out',
      'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n',
      '{"a":{"b":1,"c":2},"d":{"b":1,"c":3}}',
    ],
    [
      'several merged, the first one first',
      'd: {<<: [{a: 1}, {a: 2, b: 3}], c: 4}',
      '{"d":{"a":1,"b":3,"c":4}}',
    ],
    ['empty mappings and lists', 'a: {}\nb: []\nc:\n', '{"a":{},"b":[],"c":null}'],
  ]
  for (const [what, yaml, json] of rows)
    it(`becomes JSON with ${what}`, () => {
      const { texts, problems } = read(yaml)
      assert.deepEqual(problems, [])
      assert.deepEqual(texts, [json])
    })

  it('reads back as what was written, whatever it holds', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), values => {
        const text = values.map(each => `---\n${stringify(each, { aliasDuplicateObjects: false })}`).join('')
        const { documents, problems } = read(text, 'catalog')
        assert.deepEqual(problems, [])
        // As text, because JSON has no -0 and YAML has.
        assert.deepEqual(
          documents.map(document => JSON.stringify(document.value)),
          values.map(each => JSON.stringify(each)),
        )
        for (const { bytes, value } of documents) assert.deepEqual(JSON.parse(bytes.toString()), value)
      }),
    )
  })

  const faults: readonly (readonly [what: string, yaml: string, problem: RegExp])[] = [
    ['a tab as indentation', 'a: 1\n---\nb:\n\tc: 1\n', /^4: not YAML/],
    ['a key that is there twice', 'a: 1\nb: 2\na: 3', /^3: not YAML: the key "a" is there twice/],
    ['a number that JSON does not have', 'a: 1\nb: .nan', /^2: not YAML: .nan is no number of JSON/],
    ['a list as a key', '? [a]\n: b', /^1: not YAML: a key that is no text/],
    ['an alias of nothing', 'a: *b', /^1: not YAML/],
    ['text that is merged', 'a: {<<: b}', /^1: not YAML: only mappings can be merged/],
    ['an alias in itself', 'a: &a [*a]', /^1: not YAML: .*alias/],
    [
      'aliases that multiply',
      `a: &a [${'x'.repeat(100)}]\n${[...'bcdefghij'].map((key, at) => `${key}: &${key} [${`*${'abcdefghij'[at]},`.repeat(9)}]`).join('\n')}`,
      /too many aliases|too much/,
    ],
    ['an end that is missing', 'a: 1\nb: [1, 2', /^2: not YAML/],
  ]
  for (const [what, yaml, problem] of faults)
    it(`with ${what} is a problem with its line`, () => {
      const { problems } = read(yaml)
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', problem)
    })
})

describe('a YAML file', () => {
  it('is read document by document, each with its line, and the bad one hides no other', () => {
    const text = '# about\n---\n\na: 1\n--- # two\n{b: [}\n---\n...\n---\nc: 3\n...\nd: 4\n--- text\n'
    const { documents, problems } = read(text)
    assert.deepEqual(
      documents.map(({ line, value }) => ({ line, value })),
      [
        { line: 4, value: { a: 1 } },
        { line: 10, value: { c: 3 } },
        { line: 12, value: { d: 4 } },
        { line: 13, value: 'text' },
      ],
    )
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^6: not YAML/)
  })

  it('may begin with a directive, a byte order mark, and end its lines as Windows does', () => {
    assert.deepEqual(read('%YAML 1.2\n---\na: 1').texts, ['{"a":1}'])
    assert.deepEqual(read('\ufeffa: 1\n---\n b: 2').texts, ['{"a":1}', '{"b":2}'])
    assert.deepEqual(read('---\r\na: 1\r\n---\r\nb: 2\r\n').texts, ['{"a":1}', '{"b":2}'])
    assert.deepEqual(read('\ufeff{"a": 1.0}\n{"b":2}', 'x').texts, ['{"a": 1.0}', '{"b":2}'])
  })

  it('may look like JSON', () => {
    assert.deepEqual(read('{a: 1, b: [x]}').texts, ['{"a":1,"b":["x"]}'])
    assert.deepEqual(read('{"a":1}\n---\n{"b":2}\n').texts, ['{"a":1}', '{"b":2}'])
    assert.deepEqual(read('{"a":1}\n{"b":2}\n').texts, ['{"a":1}', '{"b":2}'])
  })

  it('is told from what is no text at all', () => {
    const problems: string[] = []
    const bytes = Buffer.from([0x61, 0xff, 0x00])
    assert.deepEqual([...fileDocuments('x', bytes, (_, text) => void problems.push(text))], [])
    assert.deepEqual(problems, ['the file is not text (UTF-8)'])
  })
})
