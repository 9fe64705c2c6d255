import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget } from '../../../lib/target.ts'
import { openTestClient, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { type Intent, MutationGuard } from './guard.ts'

function write(host: string, repository: string): Intent {
  return { kind: 'write', host, repository }
}

test('changes are allowed in the target’s repositories, also where nesting was folded', () => {
  const guard = new MutationGuard(parseTarget('docker://reg.example:5000/ocp/mirror'))
  for (const path of ['ocp/mirror', 'ocp/mirror/a/b', 'ocp/mirror-a-b', 'ocp-mirror-a'])
    guard.check('PUT', write('reg.example:5000', path))
})

const REFUSED: readonly [string, string][] = [
  ['other.example', 'ocp/mirror/a'],
  ['reg.example', 'ocp/mirror/a'],
  ['reg.example:5000', 'ocp'],
  ['reg.example:5000', 'ocp/mirrored/a'],
  ['reg.example:5000', 'other/ocp/mirror'],
]

for (const [host, path] of REFUSED)
  test(`a change of ${host}/${path} is refused when the target is reg.example:5000/ocp/mirror`, () => {
    const guard = new MutationGuard(parseTarget('docker://reg.example:5000/ocp/mirror'))
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      assert.throws(() => guard.check(method, write(host, path)), /outside docker:\/\/reg.example:5000/)
      assert.throws(() => guard.check(method, { ...write(host, path), kind: 'upload' } as Intent), /outside/)
    }
    guard.check('GET', write(host, path))
    guard.check('HEAD', write(host, path))
  })

test('a request that changes another repository than it says is refused', () => {
  const guard = new MutationGuard(parseTarget('docker://reg.example'))
  const intent = write('reg.example', 'a/b')
  guard.check('PUT', intent, new URL('https://reg.example/v2/a/b/manifests/v1'))
  assert.throws(
    () => guard.check('PUT', intent, new URL('https://reg.example/v2/a/c/manifests/v1')),
    /not in/,
  )
  assert.throws(
    () => guard.check('PUT', intent, new URL('https://evil.example/v2/a/b/manifests/v1')),
    /not in/,
  )
})

test('without a target nothing can be changed, and a login may only POST', () => {
  const guard = new MutationGuard(undefined)
  assert.throws(() => guard.check('DELETE', write('a.com', 'x')), /no target was declared/)
  assert.throws(() => guard.check('POST', { kind: 'read' }), /reading only/)
  guard.check('POST', { kind: 'login' })
  assert.throws(() => guard.check('PUT', { kind: 'login' }), /token endpoint/)
})

test('a project is made only below the target, while a plan that lists it is applied, and in one way', () => {
  const guard = new MutationGuard(parseTarget('docker://reg.example/ocp/mirror'))
  const make = (project: string, host = 'reg.example'): Intent => ({ kind: 'project', host, project })
  const url = new URL('https://reg.example/api/v2.0/projects')
  assert.throws(() => guard.check('POST', make('ocp'), url), /no plan that is being applied/)
  guard.approveProjects(['ocp', 'other'])
  guard.check('POST', make('ocp'))
  guard.check('POST', make('ocp'), url)
  assert.throws(() => guard.check('POST', make('other'), url), /outside docker:\/\/reg\.example/)
  assert.throws(() => guard.check('POST', make('ocp', 'evil.example'), url), /outside/)
  for (const method of ['PUT', 'PATCH', 'DELETE'] as const)
    assert.throws(() => guard.check(method, make('ocp'), url), /no way/)
  for (const place of ['https://reg.example/api/v2.0/users', 'https://evil.example/api/v2.0/projects'])
    assert.throws(() => guard.check('POST', make('ocp'), new URL(place)), /no way/)
  assert.throws(() => new MutationGuard(undefined).check('POST', make('ocp')), /any target/)
})

test('a change outside the target is refused before anything is sent', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const { access } = await openTestClient(t, { target: parseTarget(`docker://${registry.host}/inside`) })
  const outside = access.target(parseTarget(`docker://${registry.host}`)).repository('outside' as never)
  await assert.rejects(outside.deleteTag('v1' as never, SIGNAL), /refused to send DELETE/)
  assert.deepEqual(registry.requests, [])
})
