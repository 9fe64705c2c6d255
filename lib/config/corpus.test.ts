/** Image sets that people wrote: each loads, or is refused with problems that all have their place. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError, parseConfiguration } from './index.ts'

const CORPUS = resolve(import.meta.dirname, '../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')

/** `unsupported`: nothing is wrong but what this version names as not supported yet. */
type Outcome = 'loads' | 'unsupported' | 'invalid'

function outcomeOf(path: string): Outcome {
  const text = readFileSync(path, 'utf8')
  try {
    parseConfiguration({ path, text })
    return 'loads'
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const lines = text.split('\n')
    assert.ok(error.problems.length > 0)
    for (const problem of error.problems) {
      const line = lines[problem.line - 1]
      assert.ok(
        line !== undefined && problem.column >= 1 && problem.column <= line.length + 1,
        problem.message,
      )
    }
    return error.problems.every(problem => problem.kind === 'unsupported') ? 'unsupported' : 'invalid'
  }
}

function countOutcomes(folder: string): Readonly<Record<Outcome, number>> {
  const counts = { loads: 0, unsupported: 0, invalid: 0 }
  for (const name of readdirSync(folder)) counts[outcomeOf(join(folder, name))] += 1
  return counts
}

describe('the corpus of real files', () => {
  for (const [name, folder, counts] of [
    ['image sets', 'isc', { loads: 28, unsupported: 42, invalid: 11 }],
    ['delete image sets', 'disc', { loads: 0, unsupported: 13, invalid: 1 }],
  ] as const) {
    const path = join(CORPUS, folder)
    it(`of ${name} loads, or is refused by name or by place`, {
      skip: !existsSync(path) && `no ${path}`,
    }, () => {
      assert.deepEqual(countOutcomes(path), counts)
    })
  }
})
