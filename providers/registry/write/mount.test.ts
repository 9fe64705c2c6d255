import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { BLOB, contentOf, DESCRIPTOR, push, storing, UPLOADS } from '../testing/uploads.ts'

test('a mount that works moves no bytes', async t => {
  const opened: string[] = []
  const registry = await startScriptedRegistry(t, ({ method }) =>
    method === 'POST' ? { status: 201 } : undefined,
  )
  const { repository } = await openTestTarget(t, registry.host)
  const content = { ...contentOf(BLOB, opened), mountFrom: 'other/app' as never }
  assert.equal(await repository.pushBlob(DESCRIPTOR, content, SIGNAL), 'mounted')
  assert.deepEqual(opened, [])
  assert.deepEqual(registry.asked, [
    `POST ${UPLOADS}?mount=${encodeURIComponent(DESCRIPTOR.digest)}&from=other%2Fapp`,
  ])
})

test('a mount that is answered by an upload uses that upload', async t => {
  const stored: Buffer[] = []
  const { send, registry } = await push(t, storing(stored), {
    ...contentOf(BLOB),
    mountFrom: 'other/app' as never,
  })
  assert.equal(await send(), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  assert.deepEqual(
    registry.asked.map(line => line.split(' ')[0]),
    ['POST', 'PUT'],
  )
})

test('a mount that fails in any way falls back to an upload', async t => {
  for (const status of [400, 401, 403, 404, 405, 500]) {
    const refuse: Handler = ({ query }) => (query.has('mount') ? { status } : undefined)
    const stored: Buffer[] = []
    const { send } = await push(t, storing(stored, refuse), {
      ...contentOf(BLOB),
      mountFrom: 'other/app' as never,
    })
    assert.equal(await send(), 'uploaded', `${status}`)
    assert.deepEqual(stored, [BLOB])
  }
})

test('a registry that never mounts is not asked to for ever', async t => {
  const { send, registry } = await push(t, storing([]), {
    ...contentOf(BLOB),
    mountFrom: 'other/app' as never,
  })
  for (let times = 0; times < 8; times++) await send()
  assert.equal(registry.requests.filter(({ query }) => query.has('mount')).length, 5)
})
