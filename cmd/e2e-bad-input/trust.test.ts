/** Logins that are refused and certificates nobody vouches for: said with the file or flag that mends it, never a secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RegistryServerOptions } from '../../providers/embedded/index.ts'
import { makeCertificates } from '../../testdata/certificates.ts'
import { skipWithout, startDockerRegistry, TEST_PASSWORD } from '../../testdata/docker-registry.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { ANY_TLS, imageSet, ONCE, refused } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

const WRONG = 'canary-0f8e6c'

function authFile(host: string, password: string): string {
  return JSON.stringify({ auths: { [host]: { auth: Buffer.from(`ann:${password}`).toString('base64') } } })
}

function assertSecretless(output: string): void {
  for (const secret of [WRONG, TEST_PASSWORD, Buffer.from(`ann:${WRONG}`).toString('base64')])
    assert.ok(!output.includes(secret), `shows a secret:\n${output}`)
}

for (const scheme of ['basic', 'bearer'] as const) {
  const protecting: Partial<RegistryServerOptions> = { auth: { users: { ann: TEST_PASSWORD }, scheme } }

  test(`a wrong password at a source (${scheme}) is told with the file and entry it is in`, async t => {
    const { workspace, to } = await twoRegistries(t)
    const locked = await startTestRegistry(t, protecting)
    workspace.write('set.yaml', imageSet(`${locked.host}/team/a:v1`))
    workspace.write('auth.json', authFile(locked.host, WRONG))
    const args = ['-c', 'set.yaml', '--to', to, '--authfile', 'auth.json', ...ANY_TLS, ...ONCE]
    const { output } = await refused(workspace, ['plan', ...args], {
      says: [
        `${locked.host}/team/a:v1`,
        '401',
        `Hint: check the user and password in auth.json (entry ${locked.host})`,
      ],
    })
    assertSecretless(output)
  })

  test(`a wrong password at the target (${scheme}) is told with the file, and nothing is sent`, async t => {
    const { workspace, source } = await twoRegistries(t)
    const locked = await startTestRegistry(t, protecting)
    workspace.write('auth.json', authFile(locked.host, WRONG))
    const to = `docker://${locked.host}/mirror`
    const { output } = await refused(
      workspace,
      ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE],
      {
        env: { REGISTRY_AUTH_FILE: workspace.path('auth.json') },
        says: ['401', `check the user and password in ${workspace.path('auth.json')} (entry ${locked.host})`],
      },
    )
    assertSecretless(output)
    assert.deepEqual(source.requests.filter(({ what }) => what === 'blob').length, 0)
  })

  test(`a target that wants a login (${scheme}), where there is none, is told with how to log in`, async t => {
    const { workspace } = await twoRegistries(t)
    const locked = await startTestRegistry(t, protecting)
    const to = `docker://${locked.host}/mirror`
    await refused(workspace, ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
      says: ['401', `there is no login for ${locked.host}`, `skopeo login ${locked.host}`],
    })
  })
}

test('a login that may read the target but not write there fails each image, says so, and exits 4', async t => {
  const { workspace, set, target } = await twoRegistries(t, {
    target: {
      faults: ({ method }) =>
        method === 'GET' || method === 'HEAD'
          ? undefined
          : {
              do: 'status',
              status: 403,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ errors: [{ code: 'DENIED', message: 'requested access is denied' }] }),
            },
    },
  })
  const { code, stdout, output } = await workspace.run(['apply', '--yes', ...set, '--json'])
  assert.equal(code, 4, output)
  const { results } = JSON.parse(stdout)
  assert.equal(results.length, 2)
  for (const { outcome, message, hint } of results) {
    assert.equal(outcome, 'failed')
    assert.match(
      message,
      /^cannot push the blob .*127\.0\.0\.1:\d+ answered 403 DENIED: requested access is denied/,
    )
    assert.match(hint, new RegExp(`no login for ${target.host}`))
  }
})

const TLS = { skip: skipWithout('openssl') }

test(
  'a source whose certificate nobody vouches for is told with certs.d and the flag for sources',
  TLS,
  async t => {
    const source = await startTestRegistry(t, { tls: makeCertificates(temporaryFolder(t)).pem })
    const workspace = cliWorkspace(t)
    workspace.write('set.yaml', imageSet(`${source.host}/team/a:v1`))
    const { stderr } = await refused(workspace, ['plan', '-c', 'set.yaml', '--to', 'oci://mirror', ...ONCE], {
      says: [
        `the certificate of ${source.host} is not signed by an authority this machine trusts`,
        `/etc/containers/certs.d/${source.host}/ca.crt`,
        '--src-tls-verify=false',
      ],
    })
    assert.doesNotMatch(stderr, /--dest-tls-verify/)
  },
)

test('a target whose certificate nobody vouches for is told with certs.d and the flag for targets', {
  skip: skipWithout('openssl', 'docker-registry'),
}, async t => {
  const { workspace } = await twoRegistries(t)
  const registry = await startDockerRegistry({ tls: makeCertificates(temporaryFolder(t)) })
  t.after(registry.close)
  const to = `docker://${registry.host}/mirror`
  const { stderr } = await refused(
    workspace,
    ['apply', '--yes', '-c', 'set.yaml', '--to', to, '--src-tls-verify=false', ...ONCE],
    {
      says: [
        `the certificate of ${registry.host} is not signed by an authority this machine trusts`,
        `/etc/containers/certs.d/${registry.host}/ca.crt`,
        '--dest-tls-verify=false',
      ],
    },
  )
  assert.doesNotMatch(stderr, /--src-tls-verify/)
})

test('a source that demands more than it should of an anonymous reader changes nothing at the target', async t => {
  const { workspace, target, to } = await twoRegistries(t)
  const locked = await startTestRegistry(t, { auth: { users: { ann: TEST_PASSWORD }, scheme: 'bearer' } })
  workspace.write('set.yaml', imageSet(`${locked.host}/team/a:v1`))
  await refused(workspace, ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
    says: [`${locked.host}/team/a:v1`, `there is no login for ${locked.host}`],
  })
  assert.deepEqual(changesAt(target), [])
})
