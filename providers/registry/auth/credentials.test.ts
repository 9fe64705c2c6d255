import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { parseCredentialFile } from './credential-file.ts'
import { Credentials, readCredentialFiles } from './credentials.ts'
import { canonicalKey } from './login.ts'

const CANARY = 'c4n4ry-s3cr3t'
const CORPUS = path.join(process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'auth')
const withoutCorpus = !existsSync(CORPUS) && 'the corpus is not here'

function auth(user: string, password = CANARY): { auth: string } {
  return { auth: Buffer.from(`${user}:${password}`).toString('base64') }
}

function credentialsOf(...files: readonly unknown[]): Credentials {
  return new Credentials(
    files.map((file, at) => parseCredentialFile(JSON.stringify(file), `/auth/${at}.json`)),
    {},
  )
}

async function userOf(credentials: Credentials, name: string): Promise<string | undefined> {
  const found = await credentials.find(name)
  return found?.login.kind === 'password' ? found.login.username : found?.login.kind
}

test('keys of credential files name registries in one canonical form', () => {
  const rows = {
    'https://index.docker.io/v1/': 'docker.io',
    'http://index.docker.io/v1': 'docker.io',
    'index.docker.io/v1/': 'docker.io',
    'registry-1.docker.io': 'docker.io',
    'docker.io/library/busybox': 'docker.io/library/busybox',
    'https://127.0.0.1:5000': '127.0.0.1:5000',
    'https://localhost/v1': 'localhost',
    'http://missing.example/foo': 'missing.example',
    'quay.io/acme/': 'quay.io/acme',
  }
  for (const [key, expected] of Object.entries(rows)) assert.equal(canonicalKey(key), expected, key)
})

test('the login of the longest path wins, and a path is never taken for the beginning of a name', async () => {
  const credentials = credentialsOf({
    auths: { 'quay.io': auth('host'), 'quay.io/acme': auth('acme'), 'quay.io/acme/app': auth('app') },
  })
  assert.equal(await userOf(credentials, 'quay.io/acme/app'), 'app')
  assert.equal(await userOf(credentials, 'quay.io/acme/other'), 'acme')
  assert.equal(await userOf(credentials, 'quay.io/acme-other/app'), 'host')
  assert.equal(await userOf(credentials, 'quay.io:8443/acme/app'), undefined)
})

test('the first file with a login wins over a longer path in a later one', async () => {
  const credentials = credentialsOf(
    { auths: { 'quay.io': auth('first') } },
    { auths: { 'quay.io/acme': auth('second'), 'ghcr.io': auth('third') } },
  )
  assert.equal(await userOf(credentials, 'quay.io/acme/app'), 'first')
  assert.equal(await userOf(credentials, 'ghcr.io/acme/app'), 'third')
})

test('a key that names a host plainly wins over the docker tool’s old kind', async () => {
  const credentials = credentialsOf({
    auths: { 'localhost:5000': auth('plain'), 'https://localhost:5000': auth('old') },
  })
  assert.equal(await userOf(credentials, 'localhost:5000/a'), 'plain')
})

test('identity tokens, registry tokens and separate user and password are understood', async () => {
  const credentials = credentialsOf({
    auths: {
      a: { identitytoken: CANARY },
      b: { registrytoken: CANARY },
      c: { username: 'carol', password: CANARY },
      d: {},
    },
  })
  assert.equal(await userOf(credentials, 'a/x'), 'identity-token')
  assert.equal(await userOf(credentials, 'b/x'), 'registry-token')
  assert.equal(await userOf(credentials, 'c/x'), 'carol')
  assert.equal(await userOf(credentials, 'd/x'), undefined)
})

test('a login cannot be printed by accident', async () => {
  const found = await credentialsOf({ auths: { 'quay.io': auth('user') } }).find('quay.io/a')
  assert.ok(found?.login.kind === 'password')
  assert.equal(found.login.password.reveal(), CANARY)
  for (const text of [
    inspect(found, { depth: 9, showHidden: true }),
    JSON.stringify(found),
    `${found.login.password}`,
  ])
    assert.doesNotMatch(text, new RegExp(CANARY))
})

test('a credential file that is not JSON is named, and nothing of it is shown', () => {
  assert.throws(
    () => parseCredentialFile(`{"auths": {"quay.io": {"auth": "${CANARY}"`, '/auth.json'),
    (error: Error) => {
      assert.equal(error.message, '/auth.json is not JSON')
      assert.doesNotMatch(inspect(error), new RegExp(CANARY))
      return true
    },
  )
})

test('an entry whose "auth" is not user:password is named without its content', () => {
  const text = JSON.stringify({ auths: { 'quay.io': { auth: Buffer.from(CANARY).toString('base64') } } })
  assert.throws(
    () => parseCredentialFile(text, '/auth.json'),
    /entry "quay.io": "auth" is not the base64 form/,
  )
})

test('credential files are searched in the documented order', async t => {
  const root = temporaryFolder(t)
  const write = (file: string, user: string) => {
    const at = path.join(root, file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, JSON.stringify({ auths: { 'quay.io': auth(user) } }))
    return at
  }
  const places = {
    authFile: write('named.json', 'named'),
    env: { REGISTRY_AUTH_FILE: write('env.json', 'env'), XDG_RUNTIME_DIR: path.join(root, 'run') },
    home: path.join(root, 'home'),
  }
  write('run/containers/auth.json', 'runtime')
  write('home/.config/containers/auth.json', 'config')
  write('home/.docker/config.json', 'docker')
  const first = async (given: Parameters<typeof readCredentialFiles>[0]) =>
    userOf(new Credentials(await readCredentialFiles(given), {}), 'quay.io/a')
  const { authFile, env, home } = places
  assert.equal(await first(places), 'named')
  assert.equal(await first({ env, home }), 'env')
  assert.equal(await first({ env: { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR }, home }), 'runtime')
  assert.equal(await first({ env: {}, home }), 'config')
  assert.equal(await first({ env: { XDG_CONFIG_HOME: '/nowhere' }, home }), 'docker')
  assert.equal(await first({ env: { XDG_CONFIG_HOME: '/nowhere' }, home: '/nowhere' }), undefined)
  assert.ok(authFile)
})

test('a credential file that was named must exist', async () => {
  await assert.rejects(readCredentialFiles({ authFile: '/nowhere/auth.json', env: {}, home: '/nowhere' }), {
    message: 'cannot read the credential file /nowhere/auth.json: there is no such file',
    hint: 'it is named by --authfile',
  })
})

function helperFolder(root: string): string {
  const script = `#!/bin/sh
read server
case "$server" in
  known.example) echo '{"ServerURL":"x","Username":"helped","Secret":"${CANARY}"}' ;;
  https://index.docker.io/v1/) echo '{"Username":"<token>","Secret":"${CANARY}"}' ;;
  broken.example) echo oops ${CANARY} ; exit 3 ;;
  *) echo "credentials not found in native keychain" ; exit 1 ;;
esac
`
  writeFileSync(path.join(root, 'docker-credential-test'), script, { mode: 0o755 })
  return `${root}${path.delimiter}${process.env.PATH}`
}

test('credential helpers and the store are asked, with Docker Hub under the name it has there', async t => {
  const PATH = helperFolder(temporaryFolder(t))
  const file = parseCredentialFile(
    JSON.stringify({ credHelpers: { 'known.example': 'test' }, credsStore: 'test' }),
    '/auth.json',
  )
  const credentials = new Credentials([file], { PATH })
  assert.equal(await userOf(credentials, 'known.example/a'), 'helped')
  assert.equal(await userOf(credentials, 'docker.io/library/alpine'), 'identity-token')
  assert.equal(await userOf(credentials, 'unknown.example/a'), undefined)
  assert.match((await credentials.find('known.example/a'))?.origin ?? '', /docker-credential-test/)
})

test('a broken helper is an error where it is named for the registry, and a remark where it is the store', async t => {
  const PATH = helperFolder(temporaryFolder(t))
  const named = parseCredentialFile(JSON.stringify({ credHelpers: { 'broken.example': 'test' } }), '/a.json')
  await assert.rejects(new Credentials([named], { PATH }).find('broken.example/a'), (error: Error) => {
    assert.match(error.message, /docker-credential-test failed \(exit code 3\) for broken.example/)
    assert.doesNotMatch(inspect(error), new RegExp(CANARY))
    return true
  })
  const store = parseCredentialFile(JSON.stringify({ credsStore: 'absent' }), '/b.json')
  const credentials = new Credentials([store], { PATH })
  assert.equal(await credentials.find('quay.io/a'), undefined)
  assert.match(credentials.troubles.join(), /docker-credential-absent cannot be started/)
})

test('the credential files of other tools are understood', { skip: withoutCorpus }, async () => {
  const load = (name: string) => {
    const file = path.join(CORPUS, name)
    return new Credentials([parseCredentialFile(readFileSync(file, 'utf8'), file)], {})
  }
  const paths = load('containers__image__pkg_docker_config_testdata_refpath.json')
  assert.equal(await userOf(paths, 'example.org/repo/image'), 'example')
  assert.equal(await userOf(paths, 'docker.io/library/busybox'), 'library')
  assert.equal(await userOf(paths, 'docker.io/vendor/app'), 'first')
  assert.equal(await userOf(paths, 'docker.io/other/app'), 'top')
  const odd = load('containers__image__pkg_docker_config_testdata_abnormal.json')
  assert.equal(await userOf(odd, 'docker.io/library/a'), 'index')
  assert.equal(await userOf(odd, '127.0.0.1:5000/a'), '127.0')
  assert.equal(await userOf(odd, 'localhost:5001/a'), 'local')
  const legacy = load('containers__image__pkg_docker_config_testdata_legacy.json')
  assert.equal(await userOf(legacy, 'docker.io/library/a'), 'docker')
  assert.equal(await userOf(legacy, 'localhost/a'), 'local')
  const regclient = load('regclient__regclient__config_testdata_config.json')
  assert.equal(await userOf(regclient, 'hub-tool-token/a'), 'identity-token')
  assert.equal(await userOf(regclient, 'localhost:5001/a'), 'hello')
})
