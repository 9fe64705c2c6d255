import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SAMPLE_TARGET } from '../../testdata/sample-plans.ts'
import type { ApplyResult, ItemResult } from '../apply/events.ts'
import { applyExitCode, renderApplyResult } from './result-text.ts'
import { PLAIN_STYLE } from './style.ts'

function resultOf(results: readonly ItemResult[], over: Partial<ApplyResult> = {}): ApplyResult {
  const count = (outcome: ItemResult['outcome']): number =>
    results.filter(result => result.outcome === outcome).length
  return {
    results,
    done: count('done'),
    already: count('already'),
    failed: count('failed'),
    interrupted: count('interrupted'),
    blobsCopied: 412,
    blobsMounted: 3,
    bytesCopied: 3_758_096_384,
    ms: 192_000,
    ...over,
  }
}

function item(outcome: ItemResult['outcome'], over: Partial<ItemResult> = {}): ItemResult {
  return { destination: 'registry.enc1.example:5000/ocp/a/b:1', action: 'add', outcome, ...over }
}

function render(result: ApplyResult, planPath?: string): string[] {
  return renderApplyResult(
    result,
    { target: SAMPLE_TARGET },
    { style: PLAIN_STYLE, width: 120, planPath },
  ).split('\n')
}

test('an apply that did everything tells what it did and how fast', () => {
  const result = resultOf([item('done'), item('done'), item('done', { action: 'delete' }), item('already')])
  assert.deepEqual(render(result), [
    'Applied to registry.enc1.example:5000/ocp: 2 added, 1 deleted, 1 already done.',
    '3.5 GiB copied in 412 blobs, 3 blobs mounted, in 3m 12s (18.6 MiB/s).',
  ])
  assert.equal(applyExitCode(result, {}), 0)
})

test('failed items are named with cause and hint, and the command that goes on', () => {
  const hint = 'raise client_max_body_size'
  const result = resultOf([
    item('done'),
    item('failed', { destination: 'host/one:1', message: 'cannot push host/one:1: 413', hint }),
    item('failed', { destination: 'host/two:1', message: 'cannot push host/two:1: 413\nsaid nginx', hint }),
  ])
  assert.deepEqual(render(result, 'my plan.json'), [
    '2 items failed:',
    '  + host/one:1',
    '    cannot push host/one:1: 413',
    '  + host/two:1',
    '    cannot push host/two:1: 413',
    '    said nginx',
    '    Hint: raise client_max_body_size',
    '',
    'Applied to registry.enc1.example:5000/ocp: 1 added, 2 failed.',
    '3.5 GiB copied in 412 blobs, 3 blobs mounted, in 3m 12s (18.6 MiB/s).',
    "What was done is saved in the state. When the causes are mended, run: mirrorform apply 'my plan.json' (exit code 4: some",
    'items failed)',
  ])
  assert.equal(applyExitCode(result, {}), 4)
})

test('an interrupted apply says that its work is saved and how to go on', () => {
  const result = resultOf([item('done'), item('interrupted'), item('failed')])
  assert.equal(
    render(result).at(-1),
    'What was done is saved in the state. To go on, run the same command again (exit code 130: interrupted)',
  )
  assert.equal(applyExitCode(result, {}), 130)
})

test('thousands of failures are counted after the first', () => {
  const lines = render(resultOf(Array.from({ length: 5000 }, () => item('failed', { message: 'disk full' }))))
  assert.ok(lines.length < 60)
  assert.ok(lines.includes('  … 4,980 more: --json lists them all'))
})

test('bundles that are incomplete are named, and count as something that is left to do', () => {
  const bundle = { catalog: 'a.io/index:v1', package: 'widget', bundle: 'widget.v1.0.0', missing: [] }
  const incomplete = Array.from({ length: 12 }, (_, at) => ({ ...bundle, bundle: `widget.v1.0.${at}` }))
  const plan = { target: SAMPLE_TARGET, incomplete }
  const result = resultOf([item('done')])
  const lines = renderApplyResult(result, plan, { style: PLAIN_STYLE, width: 120 }).split('\n')
  assert.equal(lines[0], '12 bundles of operators incomplete, because images cannot be found:')
  assert.equal(lines[1], '  ! widget.v1.0.0 (package widget, catalog a.io/index:v1)')
  assert.equal(lines[11], '  … 2 more: the plan lists them all')
  assert.match(lines.at(-1) ?? '', /exit code 4: incomplete\)/)
  assert.equal(applyExitCode(result, plan), 4)
  assert.equal(applyExitCode(resultOf([item('interrupted')]), plan), 130)
})
