/** A registry that is restarted while an apply is at work: uploads it had begun are lost, and nothing else is. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { parseTarget } from '../../lib/target.ts'
import {
  type RecordedRequest,
  type RegistryServer,
  startRegistryServer,
} from '../../providers/embedded/index.ts'
import { openRegistries } from '../../providers/registry/index.ts'
import { openStateFile } from '../../state/index.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { applyTo, planFor } from '../../testdata/mirroring.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'

const IMAGES = Array.from({ length: 8 }, (_, at) => ({
  repository: `team/app-${at}`,
  image: buildImage({ layers: [bytesFromSeed(`one ${at}`, 200_000), bytesFromSeed(`two ${at}`, 3000)] }),
}))

/** A registry that goes down at the nth request that fits, and comes back at the same address. */
async function restarting(t: TestEnd, nth: number, fits: (request: RecordedRequest) => boolean) {
  const folder = temporaryFolder(t)
  let left = nth
  let restarted: Promise<void> | undefined
  const faults = (request: RecordedRequest): undefined => {
    if (restarted === undefined && fits(request) && --left === 0) restarted = restart()
  }
  let server: RegistryServer = await startRegistryServer({ folder, faults })
  const { host, url } = server
  const port = Number(host.split(':')[1])
  async function restart(): Promise<void> {
    await server.close()
    server = await startRegistryServer({ folder, faults, listen: { port } })
  }
  t.after(async () => {
    await restarted
    await server.close()
  })
  return { host, url, restarted: () => restarted }
}

for (const [side, sourceAt, targetAt] of [
  ['source', 7, 0],
  ['target', 0, 5],
] as const)
  test(`a ${side} that is restarted in the middle of an apply costs time and no image`, async t => {
    const source = await restarting(t, sourceAt, ({ method, what }) => method === 'GET' && what === 'blob')
    const target = await restarting(t, targetAt, ({ method, what }) => method === 'PUT' && what === 'upload')
    for (const { repository, image } of IMAGES) await pushToServer(source.url, repository, '1', image)
    const address = parseTarget(`docker://${target.host}/mirror`)
    const access = await openRegistries({
      home: temporaryFolder(t),
      srcTlsVerify: false,
      destTlsVerify: false,
      certsDirs: [],
      env: { CONTAINERS_REGISTRIES_CONF: '/dev/null' },
      target: address,
      retries: 8,
      retryDelay: 20,
    })
    t.after(() => access.close())
    const store = openStateFile(path.join(temporaryFolder(t), 'mirror.state.json'))
    const setup = { target: access.target(address), sources: access.sources, store }
    const wanted = IMAGES.map(({ repository }) => `${source.host}/${repository}:1`)
    const result = await applyTo(setup, await planFor(setup, wanted))
    assert.ok(source.restarted() ?? target.restarted(), 'it was restarted')
    assert.deepEqual([result.failed, result.done], [0, IMAGES.length], JSON.stringify(result.results))
    const { changes } = await planFor(setup, wanted)
    assert.deepEqual(
      changes.filter(({ action }) => action !== 'keep'),
      [],
    )
  })
