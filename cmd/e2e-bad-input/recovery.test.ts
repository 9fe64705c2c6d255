/** Registries that fail in passing: the work goes on by itself; those that keep failing are named, with what to try. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault, RecordedRequest } from '../../providers/embedded/index.ts'
import { ANY_TLS, refused } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

/** Strikes the first `times` requests that fit. */
function strike(times: number, fits: (request: RecordedRequest) => boolean, fault: Fault) {
  let left = times
  const struck: RecordedRequest[] = []
  const faults = (request: RecordedRequest): Fault | undefined => {
    if (left === 0 || !fits(request)) return undefined
    left--
    struck.push(request)
    return fault
  }
  return { faults, struck }
}

const BUSY: Fault = { do: 'status', status: 500, body: 'upstream went away' }
const TOO_MANY: Fault = {
  do: 'status',
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '0' },
  body: JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] }),
}

const BURSTS = [
  ['a source answers 500 for a while', 'source', strike(2, ({ what }) => what === 'manifest', BUSY)],
  ['a source answers 429 for a while', 'source', strike(2, ({ what }) => what === 'blob', TOO_MANY)],
  ['a target answers 429 for a while', 'target', strike(2, ({ method }) => method === 'POST', TOO_MANY)],
  ['a target answers 500 for a while', 'target', strike(2, ({ method }) => method === 'PUT', BUSY)],
  [
    'a source hangs up in the middle of a blob',
    'source',
    strike(1, ({ what }) => what === 'blob', { do: 'hang-up', afterBytes: 100 }),
  ],
  [
    'a target hangs up in the middle of an upload',
    'target',
    strike(1, ({ method }) => method === 'PUT', { do: 'hang-up', afterBytes: 100 }),
  ],
] as const

for (const [what, side, { faults, struck }] of BURSTS)
  test(`an apply gets over it when ${what}`, async t => {
    const { workspace, to } = await twoRegistries(t, { [side]: { faults } })
    const set = ['-c', 'set.yaml', '--to', to, ...ANY_TLS, '--retry-times', '2']
    const { code, stdout, output } = await workspace.run(['apply', '--yes', ...set, '--json'])
    assert.equal(code, 0, output)
    assert.ok(struck.length > 0)
    const { summary } = JSON.parse(stdout)
    assert.deepEqual([summary.done, summary.failed], [2, 0])
  })

test('a source that never stops answering 500 ends planning, with its words and where to look', async t => {
  const { workspace, source, target, set } = await twoRegistries(t, {
    source: { faults: ({ what }) => (what === 'manifest' ? BUSY : undefined) },
  })
  await refused(workspace, ['plan', ...set], {
    says: [`${source.host}/team/a:v1`, `${source.host} answered 500`, 'look at its logs, try again later'],
  })
  assert.deepEqual(changesAt(target), [])
})

test('a source that never stops answering 429 ends planning, with its words and what to try', async t => {
  const { workspace, source, set } = await twoRegistries(t, {
    source: {
      faults: ({ method, what }) => (method === 'GET' && what === 'manifest' ? TOO_MANY : undefined),
    },
  })
  await refused(workspace, ['plan', ...set], {
    says: [
      `${source.host} answered 429 TOOMANYREQUESTS: slow down`,
      'log in if you have not, or try again later',
    ],
  })
})

test('a target that never stops answering 500 fails the images with its words, and the state stays true', async t => {
  const { workspace, target, set } = await twoRegistries(t, {
    target: { faults: ({ method }) => (method === 'POST' ? BUSY : undefined) },
  })
  const { code, stdout, output } = await workspace.run(['apply', '--yes', ...set])
  assert.equal(code, 4, output)
  assert.match(stdout, new RegExp(`${target.host} answered 500 upstream went away`))
  assert.match(stdout, /Hint: the registry, or a proxy in front of it, is in trouble/)
  const again = await workspace.run(['plan', ...set, '--json'])
  assert.equal(JSON.parse(again.stdout).summary.add, 2)
})
