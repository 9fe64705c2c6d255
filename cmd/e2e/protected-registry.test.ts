/**
 * Registries with TLS of a private authority and with passwords: what a user has to give, and that none of it comes out
 * again anywhere: not on the terminal, not in a log, not in a file.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startRegistryServer } from '../../providers/embedded/index.ts'
import { makeCertificates, type TestCertificates } from '../../testdata/certificates.ts'
import {
  type DockerRegistry,
  skipWithout,
  startDockerRegistry,
  TEST_PASSWORD,
} from '../../testdata/docker-registry.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import { type CliResult, type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const USER = 'mirror-user'
const CANARY = 'canary-4f9a1c7e'
const image = buildMultiArch({ seed: 'protected' })

function basicOf(password: string): string {
  return Buffer.from(`${USER}:${password}`).toString('base64')
}

function writeAuthfile(workspace: CliWorkspace, passwords: Readonly<Record<string, string>>): string {
  const auths = Object.fromEntries(
    Object.entries(passwords).map(([host, password]) => [host, { auth: basicOf(password) }]),
  )
  const file = path.join(workspace.root, 'auth.json')
  writeFileSync(file, JSON.stringify({ auths }))
  return file
}

/** @param except the one file that holds secrets because the user put them there */
function assertSilent(
  workspace: CliWorkspace,
  runs: readonly CliResult[],
  secrets: readonly string[],
  except: string,
) {
  const files = readdirSync(workspace.root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => file !== except)
  for (const secret of secrets) {
    for (const file of files) assert.ok(!readFileSync(file).includes(secret), `a secret is in ${file}`)
    for (const { output } of runs) assert.ok(!output.includes(secret), `a secret was printed:\n${output}`)
  }
}

describe('with docker-registry and openssl', { skip: skipWithout('docker-registry', 'openssl') }, () => {
  let folder: string
  let certificates: TestCertificates
  let b: DockerRegistry
  const ends: (() => Promise<void> | void)[] = []
  before(async () => {
    folder = temporaryFolder({ after: work => ends.push(work) })
    certificates = makeCertificates(folder)
    b = await startDockerRegistry({ tls: certificates, htpasswd: { user: USER, password: TEST_PASSWORD } })
  })
  after(async () => {
    await b.close()
    for (const end of ends) await end()
  })

  function trust(workspace: CliWorkspace): string {
    const certs = path.join(workspace.home, '.config/containers/certs.d', b.host)
    mkdirSync(certs, { recursive: true })
    writeFileSync(path.join(certs, 'ca.crt'), certificates.pem.ca)
    return certs
  }

  test('a private authority in certs.d and a password in an authfile are all it takes', async t => {
    const tls = { key: certificates.pem.key, cert: certificates.pem.cert }
    const auth = { users: { [USER]: CANARY }, scheme: 'bearer' } as const
    const source = await startTestRegistry(t, { folder: await filledFolder(t), tls, auth })
    const workspace = cliWorkspace(t)
    const certs = trust(workspace)
    const sourceCerts = path.join(path.dirname(certs), source.host)
    mkdirSync(sourceCerts, { recursive: true })
    writeFileSync(path.join(sourceCerts, 'ca.crt'), certificates.pem.ca)
    const authfile = writeAuthfile(workspace, { [b.host]: TEST_PASSWORD, [source.host]: CANARY })
    workspace.write('imageset.yaml', imageSetText([`${source.host}/app:1`]))
    const place = ['-c', 'imageset.yaml', '--to', `docker://${b.host}/enc1`, '--authfile', authfile]
    const runs = [
      await workspace.run(['plan', ...place, '-o', 'plan.json', '--log-format', 'json']),
      await workspace.run([
        'apply',
        'plan.json',
        '--authfile',
        authfile,
        '--log-format',
        'json',
        '--json-into',
        'result.json',
      ]),
      await workspace.run(['verify', '--deep', ...place, '--json']),
      await workspace.run(['refresh', ...place]),
    ]
    for (const { code, output } of runs) assert.equal(code, 0, output)
    const { findings } = JSON.parse(runs[2]?.stdout ?? '')
    assert.deepEqual(findings, [])
    const tokens = source.requests.filter(request => request.what === 'token')
    assert.ok(tokens.length > 0, 'the source gave out tokens')
    assertSilent(workspace, runs, [TEST_PASSWORD, CANARY, basicOf(TEST_PASSWORD), basicOf(CANARY)], authfile)
  })

  test('what goes wrong is told without the secrets that were used', async t => {
    const workspace = cliWorkspace(t)
    const certs = trust(workspace)
    const wrong = `${CANARY}-wrong`
    const authfile = writeAuthfile(workspace, { [b.host]: wrong })
    workspace.write('imageset.yaml', imageSetText([`${b.host}/app:1`]))
    const place = ['-c', 'imageset.yaml', '--to', `docker://${b.host}/enc1`, '--authfile', authfile]
    const denied = await workspace.run(['plan', ...place])
    const deniedJson = await workspace.run(['plan', ...place, '--json', '--log-format', 'json'])
    rmSync(certs, { recursive: true })
    const untrusted = await workspace.run(['plan', ...place])
    for (const { code, output } of [denied, deniedJson, untrusted]) assert.equal(code, 1, output)
    assert.match(denied.stderr, /401|password|credential/i)
    assert.match(untrusted.stderr, /certs\.d/)
    assert.equal(JSON.parse(deniedJson.stdout).format, 'mirrorform-error')
    assertSilent(workspace, [denied, deniedJson, untrusted], [wrong, basicOf(wrong)], authfile)
  })
})

test('tokens that a registry gives out are never written or printed', async t => {
  const source = await startTestRegistry(t, { folder: await filledFolder(t) })
  let refusing = false
  const target = await startTestRegistry(t, {
    auth: { users: { [USER]: CANARY }, scheme: 'bearer' },
    faults: ({ method, what }) =>
      refusing && method === 'PUT' && what === 'manifest'
        ? { do: 'status', status: 403, body: 'no' }
        : undefined,
  })
  const proxy = await startRecordingProxy(target.host)
  t.after(() => proxy.close())
  const workspace = cliWorkspace(t)
  const authfile = writeAuthfile(workspace, { [proxy.host]: CANARY })
  workspace.write('imageset.yaml', imageSetText([`${source.host}/app:1`]))
  const place = ['-c', 'imageset.yaml', '--to', `docker://${proxy.host}/enc1`, '--authfile', authfile]
  const more = [...PLAIN_HTTP, '--retry-times', '0', '--log-format', 'json']
  refusing = true
  const failed = await workspace.run(['apply', '--yes', ...place, ...more, '--json'])
  assert.equal(failed.code, 4, failed.output)
  refusing = false
  const done = await workspace.run(['apply', '--yes', ...place, ...more, '--progress', 'plain'])
  assert.equal(done.code, 0, done.output)
  assert.ok(proxy.tokens.length >= 2)
  assertSilent(workspace, [failed, done], [CANARY, basicOf(CANARY), ...proxy.tokens], authfile)
})

/** The content of a registry that holds `app:1`. */
async function filledFolder(t: TestEnd): Promise<string> {
  const folder = temporaryFolder(t)
  const registry = await startRegistryServer({ folder })
  await pushToServer(registry.url, 'app', '1', image)
  await registry.close()
  return folder
}
