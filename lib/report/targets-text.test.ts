import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN_STYLE } from './style.ts'
import { outcomeText, renderTargets, type TargetRow } from './targets-text.ts'

const rows: readonly TargetRow[] = [
  { name: 'enterprise', told: '1 to move. 367 B to copy in 2 blobs.', isFailed: false },
  {
    name: 'enc1',
    via: 'enterprise',
    told: 'quay.io/a:1 is not held by enterprise\nand more',
    isFailed: true,
  },
]

test('what became of several targets stands in one table, a line for each', () => {
  assert.equal(
    renderTargets(rows, { style: PLAIN_STYLE, width: 100 }),
    [
      'enterprise                  1 to move. 367 B to copy in 2 blobs.',
      'enc1        via enterprise  quay.io/a:1 is not held by enterprise',
    ].join('\n'),
  )
})

test('on a narrow terminal the result is cut and the way is left out, so that no line wraps', () => {
  const lines = renderTargets(rows, { style: PLAIN_STYLE, width: 36 }).split('\n')
  assert.ok(
    lines.every(line => line.length <= 36),
    lines.join('\n'),
  )
  assert.match(lines[1] ?? '', /^enc1 {8}quay\.io/)
})

test('as Markdown it is a table too, and nothing in it breaks the table', () => {
  const odd = { name: 'a', told: 'x | y', isFailed: false }
  assert.deepEqual(renderTargets([odd], { style: PLAIN_STYLE, width: 80, markdown: true }).split('\n'), [
    '| target | via | result |',
    '| --- | --- | --- |',
    '| a |  | x \\| y |',
  ])
})

test('what an apply did is told in few words, and that it had nothing to do', () => {
  assert.equal(outcomeText({ done: 3, already: 1, failed: 2 }), '3 done, 1 already done, 2 failed')
  assert.equal(outcomeText({ done: 0, already: 0, failed: 0 }), 'nothing to do')
})
