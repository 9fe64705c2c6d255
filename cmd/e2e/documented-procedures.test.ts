/**
 * docs/migrate promises nothing that is not run, and leaves no documented procedure out: its pages against the lists that
 * the scenes beside this file run (`documented-procedures-*.test.ts`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { promisedLines, typedBefore } from '../../testdata/documented-lines.ts'
import { DOCUMENTED, PROCEDURES } from '../../testdata/documented-procedures.ts'

const run = new Set<string>(Object.values(PROCEDURES).flat())

test('every command line of mirrorform in the pages is run by a test', () => {
  const notRun = promisedLines().filter(({ text }) => !run.has(text))
  assert.deepEqual(
    notRun.map(({ place, text }) => `${place}: ${text}`),
    [],
  )
})

test('every command line that tests run as a documented one is in the pages', () => {
  const promised = new Set(promisedLines().map(({ text }) => text))
  assert.deepEqual(
    [...run].filter(line => !promised.has(line)),
    [],
  )
})

test('every command line of the product documentation has its place in the pages', () => {
  const typed = typedBefore()
  assert.deepEqual(
    DOCUMENTED.filter(line => !typed.has(line)),
    [],
  )
})
