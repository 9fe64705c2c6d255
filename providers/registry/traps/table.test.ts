/**
 * Keeps the tables of docs/registry-traps.md and docs/registries.md true: every known trap has its row, every row has a
 * test or a reason why there is none, and every test that is named exists.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const EXTRA = ['27b', '57b', '57c', '57d']
const TRAPS = [...Array.from({ length: 64 }, (_, at) => String(at + 1)), ...EXTRA]
const CONFORMANCE = ['pulling', 'pushing-blobs', 'pushing-manifests', 'listing-and-deleting', 'edges']

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

/** The cells of every table row below a heading that has this text, without header and rule. */
function rowsOf(text: string, columns: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let isInside = false
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) isInside = false
    else if (line === columns) isInside = true
    else if (isInside && !line.startsWith('|--'))
      rows.push(
        line
          .slice(1, -1)
          .split(' | ')
          .map(cell => cell.trim()),
      )
  }
  return rows
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name)
}

/** Titles of all tests; what a template fills in is `…`. */
function testTitles(): ReadonlySet<string> {
  const titles = new Set<string>()
  for (const file of globSync('{cmd,lib,providers,state,testdata}/**/*.test.ts', { cwd: ROOT })) {
    const source = read(file).replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
    for (const [, , title = ''] of source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:(?!\1).)+)\1/g))
      titles.add(title)
  }
  return titles
}

/** The requirements that the embedded registry's tables of rules check. */
function requirements(): readonly string[] {
  return CONFORMANCE.flatMap(name =>
    [...read(`providers/embedded/${name}.test.ts`).matchAll(/\[\s*'([^']+)',\s*async/g)].map(
      ([, requirement = '']) => requirement,
    ),
  )
}

const traps = rowsOf(read('docs/registry-traps.md'), '| # | trap | what mirrorform does | tests |')
const conformance = rowsOf(read('docs/registries.md'), '| endpoint | requirement | test |')
const leftOut = rowsOf(read('docs/registries.md'), '| trap | what is left out | why |')

test('every known trap has one row, in order, that says what mirrorform does', () => {
  const expected = TRAPS.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  assert.deepEqual(
    traps.map(([number]) => number),
    expected,
  )
  for (const [number, trap, behaviour] of traps)
    assert.ok(trap && behaviour, `row ${number} has an empty cell`)
})

test('every trap has a test, or a reason why it is left out', () => {
  const reasons = new Set(leftOut.flatMap(([numbers = '']) => numbers.split(', ')))
  for (const [number = '', , , tests = ''] of traps)
    assert.ok(namesIn(tests).length > 0 || reasons.has(number), `trap ${number} has neither`)
  for (const number of reasons) assert.ok(TRAPS.includes(number), `there is no trap ${number}`)
  for (const [numbers, what, why] of leftOut) assert.ok(what && why, `${numbers} has an empty cell`)
})

test('every test that the table of traps names exists', () => {
  const titles = testTitles()
  const missing = traps.flatMap(([number, , , tests = '']) =>
    namesIn(tests)
      .filter(name => !titles.has(name))
      .map(name => `${number}: ${name}`),
  )
  assert.deepEqual(missing, [])
})

test('the table of requirements names every test of the distribution-spec, and none that does not exist', () => {
  const cited = conformance.flatMap(([, , tests = '']) => namesIn(tests))
  const rules = requirements()
  const titles = testTitles()
  assert.deepEqual(
    rules.filter(rule => !cited.includes(rule)),
    [],
  )
  assert.deepEqual(
    cited.filter(name => !rules.includes(name) && !titles.has(name)),
    [],
  )
  for (const [endpoint, requirement, tests = ''] of conformance)
    assert.ok(endpoint && requirement && namesIn(tests).length > 0, `${requirement} has an empty cell`)
})
