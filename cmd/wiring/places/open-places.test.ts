import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { parseTarget } from '../../../lib/target.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import { openPlaces } from './open-places.ts'

const SIGNAL = new AbortController().signal

test('the target is reached with the login of --dest-authfile, and what is learnt of it stays in the cache folder', async t => {
  const folder = temporaryFolder(t)
  const auth = { users: { writer: 'secret' }, scheme: 'bearer' } as const
  const { host, requests } = await startTestRegistry(t, { auth })
  const fileOf = (user: string) => {
    const file = path.join(folder, `${user}.json`)
    const login = { auth: Buffer.from(`${user}:secret`).toString('base64') }
    writeFileSync(file, JSON.stringify({ auths: { [host]: login } }))
    return file
  }
  const args = {
    authfile: fileOf('reader'),
    destAuthfile: fileOf('writer'),
    srcTlsVerify: true,
    destTlsVerify: false,
    cacheDir: path.join(folder, 'cache'),
    retryTimes: 0,
  }
  const ask = async () => {
    const env = { CONTAINERS_REGISTRIES_CONF: '/dev/null' }
    const places = await openPlaces(args, parseTarget(`docker://${host}/ocp`), { env, home: folder })
    const able = await places.target.abilities('ocp/app' as never, ['referrersApi'], SIGNAL)
    await places.close()
    return able.referrersApi
  }
  assert.equal(await ask(), 'yes')
  assert.ok(existsSync(path.join(folder, 'cache', 'hosts', `${host.replace(':', '_')}.json`)))
  const asked = requests.length
  assert.equal(await ask(), 'yes')
  assert.deepEqual(
    requests.slice(asked).map(({ what }) => what),
    ['ping'],
  )
})
