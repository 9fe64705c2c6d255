/** Bytes that are not what their digest says are never let through, in either direction, and never enter the state. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../lib/oci/digest.ts'
import type { Fault, RecordedRequest } from '../../providers/embedded/index.ts'
import { buildImage } from '../../testdata/images.ts'
import { filesIn, refused } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

const CORRUPT: Fault = { do: 'corrupt' }

/** Reads of `team/a` there. */
function readsA(what: RecordedRequest['what']) {
  return (request: RecordedRequest): Fault | undefined =>
    request.method === 'GET' && request.what === what && request.repository?.endsWith('team/a')
      ? CORRUPT
      : undefined
}

test('a manifest whose bytes do not match their digest ends planning, with both digests', async t => {
  const { workspace, source, target, set } = await twoRegistries(t, {
    source: { faults: readsA('manifest') },
  })
  const { digest } = buildImage({ seed: 'a' }).manifest
  const { stderr } = await refused(workspace, ['plan', ...set, '-o', 'p.json'], {
    says: [
      `${source.host}/team/a`,
      `the bytes do not match their digest: expected ${digest}, got sha256:`,
      'damaged on the way or where it is stored',
    ],
  })
  assert.equal(stderr.match(/do not match/g)?.length, 1, stderr)
  assert.deepEqual(changesAt(target), [])
})

test('a blob whose bytes do not match its digest fails its image; the others are done and exit 4 says so', async t => {
  const { workspace, target, set } = await twoRegistries(t, { source: { faults: readsA('blob') } })
  const { code, stdout, stderr } = await workspace.run(['apply', '--yes', ...set])
  assert.equal(code, 4, stderr)
  assert.match(stdout, /1 item failed:/)
  assert.match(stdout, /bytes do not match/)
  assert.match(stdout, /Hint: the content was damaged on the way or where it is stored/)
  assert.match(stdout, /1 added, 1 failed/)
  assert.match(stdout, /run the same command again/)
  const state = JSON.parse(workspace.read(stateName(target.host)))
  assert.deepEqual(
    state.images.map((image: { destination: string }) => image.destination),
    [`${target.host}/mirror/team/b:v1`],
  )
  assert.equal((await fetch(`${target.url}/v2/mirror/team/a/manifests/v1`)).status, 404)
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), [stateName(target.host), 'set.yaml'])
})

test('a blob that is damaged on its way to the target is refused there, fails its image, and is sent again by the next apply', async t => {
  let damaging = true
  const { workspace, target, set } = await twoRegistries(t, {
    target: {
      faults: ({ method, what, repository }) =>
        damaging && method === 'PUT' && what === 'upload' && repository?.endsWith('team/a')
          ? CORRUPT
          : undefined,
    },
  })
  const first = await workspace.run(['apply', '--yes', ...set])
  assert.equal(first.code, 4, first.output)
  assert.match(first.stdout, /DIGEST_INVALID|do not match/)
  damaging = false
  const second = await workspace.run(['apply', '--yes', ...set])
  assert.equal(second.code, 0, second.output)
  const manifest = await fetch(`${target.url}/v2/mirror/team/a/manifests/v1`)
  assert.equal(digestOf(Buffer.from(await manifest.arrayBuffer())), buildImage({ seed: 'a' }).manifest.digest)
})

function stateName(host: string): string {
  return `${host.replace(':', '-')}-mirror.state.json`
}
