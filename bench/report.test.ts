import assert from 'node:assert/strict'
import test from 'node:test'
import { putSection, renderReport } from './report.ts'
import { median } from './rounds.ts'

const CIRCUMSTANCES = { date: '2026-01-31', machine: '2 cores', versions: 'node 24' }

function section(name: string, measured: string): string {
  const budget = { what: 'ratio', promised: '≥ 2×', measured, met: false }
  const table = {
    head: ['', 'a'],
    rows: [['time', '1.00 s']],
  }
  return renderReport(name, { conditions: 'Two runs.', table, budgets: [budget] }, CIRCUMSTANCES)
}

test('a report says what was measured, the numbers, what was promised, when and on what', () => {
  assert.equal(
    section('copy', '1.50×'),
    [
      '## copy',
      'Two runs.',
      '|      |      a |\n|------|-------:|\n| time | 1.00 s |',
      '- ratio: **1.50×** (promised: ≥ 2×; not met)',
      'Measured 2026-01-31 on 2 cores; node 24.',
    ].join('\n\n'),
  )
})

test('a new result takes the place of the old one of its bench and leaves the others', () => {
  const before = putSection(putSection('', section('copy', '1.00×')), section('again', '9.00×'))
  const after = putSection(before, section('copy', '2.50×'))
  assert.match(after, /^# .*\n\n.*\n\n## again\n[\s\S]*\*\*9\.00×\*\*[\s\S]*## copy\n[\s\S]*\*\*2\.50×\*\*/)
  assert.doesNotMatch(after, /\*\*1\.00×\*\*/)
  assert.equal(putSection(after, section('copy', '2.50×')), after)
})

test('the median of an even number of runs lies between the two middle ones', () => {
  assert.equal(median([4, 1, 3]), 3)
  assert.equal(median([4, 1, 2, 30]), 3)
})
