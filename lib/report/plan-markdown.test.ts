import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  sampleAdd,
  sampleDelete,
  sampleDigest,
  sampleImage,
  sampleMove,
  samplePlan,
} from '../../testdata/sample-plans.ts'
import { MARKDOWN_BYTES, renderPlanMarkdown } from './plan-markdown.ts'

test('a pull request sees totals first, deletes and moves expanded, adds folded', () => {
  const text = renderPlanMarkdown(
    samplePlan([sampleAdd('a/new:1'), sampleMove('a/b:1'), sampleDelete('c/d:1')]),
  )
  const lines = text.split('\n')
  assert.equal(lines[0], '### mirrorform plan for `registry.enc1.example:5000/ocp`')
  assert.equal(lines[2], 'Plan: 1 to add, 1 to move, 1 to delete. 2.0 MiB to copy in 4 blobs.')
  assert.equal(lines[4], '**Deletes 1 image.** **1 tag will name another digest.**')
  assert.ok(lines.includes('<details open><summary>Deletes (1)</summary>'))
  assert.ok(lines.includes('- `− c/d:1` last wanted by additional image registry.redhat.io/c/d:1'))
  assert.ok(lines.includes('<details><summary>Adds: additional images (1)</summary>'))
  assert.ok(lines.includes('- `+ a/new:1` 1.0 MiB to copy, from `registry.redhat.io/a/new:1`'))
})

test('a plan of 20,000 images fits into a comment and counts what it leaves out', () => {
  const makers = [sampleAdd, sampleMove, sampleDelete]
  const changes = Array.from({ length: 20_000 }, (_, at) => (makers[at % 3] ?? sampleAdd)(`team${at}/app:v1`))
  const text = renderPlanMarkdown(samplePlan(changes))
  assert.ok(Buffer.byteLength(text) <= MARKDOWN_BYTES)
  assert.ok(Buffer.byteLength(text) > MARKDOWN_BYTES * 0.9)
  assert.equal(text.match(/^- … [\d,]+ more$/gm)?.length, 3)
  assert.equal(text.match(/<details/g)?.length, text.match(/<\/details>/g)?.length)
})

test('what is ours already stands apart from what is taken into the state, with what is new about it', () => {
  const adopt = (name: string) =>
    ({ action: 'adopt', image: sampleImage(name), expect: sampleDigest(name) }) as const
  const known = { ...adopt('a/known:1'), reason: 'wanted for another reason now' }
  const lines = renderPlanMarkdown(samplePlan([adopt('a/new:1'), known])).split('\n')
  const under = (title: string) => lines[lines.findIndex(line => line.includes(title)) + 2]
  assert.equal(under('Already there, taken into the state: additional images (1)'), '- `= a/new:1`')
  assert.equal(
    under('Already ours, told differently now: additional images (1)'),
    '- `= a/known:1` wanted for another reason now',
  )
})

test('free text cannot turn into markup', () => {
  const text = renderPlanMarkdown(
    samplePlan([sampleAdd('a/b:1')], { notes: ['</details> <b>bold</b> [link](http://x) `tick`'] }),
  )
  assert.ok(text.includes('- \\</details\\> \\<b\\>bold\\</b\\> \\[link\\](http://x) \\`tick\\`'))
})

test('no changes is a sentence', () => {
  assert.ok(
    renderPlanMarkdown(samplePlan([], { summary: { keep: 3 } })).includes(
      'No changes: the target holds everything that is asked for (3 images).',
    ),
  )
})
