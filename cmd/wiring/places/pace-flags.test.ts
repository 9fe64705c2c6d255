import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { parseReference } from '../../../lib/oci/reference.ts'
import { SIGNAL, startScriptedRegistry } from '../../../providers/registry/testing/scripted-registry.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openPlaces, type PlaceArguments } from './open-places.ts'

const ARGUMENTS: PlaceArguments = { srcTlsVerify: false, destTlsVerify: false, retryTimes: 0 }
const ENV = { CONTAINERS_REGISTRIES_CONF: '/dev/null' }

test('a bandwidth that is none is refused before anything is asked', async t => {
  const address = { kind: 'registry', host: 'registry.example', prefix: '' } as const
  const surroundings = { env: ENV, home: temporaryFolder(t) }
  await assert.rejects(openPlaces({ ...ARGUMENTS, bandwidth: 'fast' }, address, surroundings), UsageError)
})

test('registries are told the user agent that the command line gives', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const address = { kind: 'registry', host: registry.host, prefix: '' } as const
  const args = { ...ARGUMENTS, userAgent: 'skopeo/1.16', maxRequestsPerSecond: 100, bandwidth: '1MiB' }
  const places = await openPlaces(args, address, { env: ENV, home: temporaryFolder(t) })
  t.after(() => places.close())
  const reference = parseReference(`${registry.host}/a:v1`)
  await places.sources.open({ kind: 'registry', reference }).resolve('v1' as never, SIGNAL)
  const agents = registry.requests.map(({ headers }) => headers['user-agent'])
  assert.deepEqual(agents, ['skopeo/1.16', 'skopeo/1.16'])
})
