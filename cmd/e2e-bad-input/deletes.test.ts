/** A target that does not delete: found out while planning, not in the middle of an apply. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OCI_MANIFEST } from '../../lib/oci/media-types.ts'
import { skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { ANY_TLS, ONCE, refused } from './refusal.ts'
import { twoRegistries } from './two-registries.ts'

const ACCEPTING = { headers: { accept: OCI_MANIFEST } }

const TARGETS = {
  'docker-registry': async (t: TestEnd) => {
    const registry = await startDockerRegistry({ allowDelete: false })
    t.after(registry.close)
    return registry
  },
  'the embedded registry': (t: TestEnd) => startTestRegistry(t, { allowDelete: false }),
} as const

for (const [name, start] of Object.entries(TARGETS))
  test(`deletes that ${name} has turned off are refused while planning, with both ways out`, {
    skip: name === 'docker-registry' && skipWithout('docker-registry'),
  }, async t => {
    const { workspace, want } = await twoRegistries(t)
    const { host, url } = await start(t)
    const set = ['-c', 'set.yaml', '--to', `docker://${host}/mirror`, ...ANY_TLS, ...ONCE]
    want('team/a:v1', 'team/b:v1', 'team/c:v1')
    const first = await workspace.run(['apply', '--yes', ...set])
    assert.equal(first.code, 0, first.output)

    want('team/a:v1', 'team/b:v1')
    await refused(workspace, ['plan', ...set, '-o', 'p.json'], {
      says: [
        `the target has deletes disabled (405): ${host}/mirror/team/c:v1 cannot be deleted`,
        'REGISTRY_STORAGE_DELETE_ENABLED=true',
        '--skip-deletes',
      ],
    })
    await refused(workspace, ['apply', '--yes', ...set], { says: ['deletes disabled', '--skip-deletes'] })

    const left = await workspace.run(['plan', ...set, '--skip-deletes', '--detailed-exitcode'])
    assert.equal(left.code, 0, left.output)
    assert.equal((await fetch(`${url}/v2/mirror/team/c/manifests/v1`, ACCEPTING)).status, 200)
  })
