/** References that lead nowhere: missing tags, hosts that are not there, servers that are no registry. */
import assert from 'node:assert/strict'
import { createServer as createWebServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { ANY_TLS, imageSet, ONCE, refused } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

test('tags that are missing at the source are all named, with where they are wanted', async t => {
  const { workspace, source, target, set, want } = await twoRegistries(t)
  want('team/a:v1', 'team/a:nope', 'team/nowhere:v1')
  await refused(workspace, ['plan', ...set, '-o', 'p.json'], {
    says: [
      `${source.host}/team/a:nope`,
      `${source.host}/team/nowhere:v1`,
      'does not exist',
      /Hint: .*(spelling|tag)/,
    ],
  })
  assert.deepEqual(changesAt(target), [])
})

test('a reference without a tag means latest', async t => {
  const { workspace, source, set, want } = await twoRegistries(t)
  await pushToServer(source.url, 'team/a', 'latest', buildImage({ seed: 'newest' }))
  want('team/a')
  const { code, stdout, output } = await workspace.run(['plan', ...set, '--json'])
  assert.equal(code, 0, output)
  assert.match(JSON.parse(stdout).changes[0].destination, /\/mirror\/team\/a:latest$/)
})

test('a reference without a tag, where there is no latest, is told as the tag latest', async t => {
  const { workspace, source, set, want } = await twoRegistries(t)
  want('team/a')
  await refused(workspace, ['plan', ...set], { says: [`${source.host}/team/a:latest`, 'does not exist'] })
})

test('a source host that no name server knows is named, with what to check', async t => {
  const { workspace, to } = await twoRegistries(t)
  workspace.write('set.yaml', imageSet('registry.invalid/team/a:v1'))
  await refused(workspace, ['plan', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
    says: [
      'registry.invalid/team/a:v1',
      /the host registry\.invalid cannot be found|the name servers did not answer for registry\.invalid/,
      /Hint: .*name servers of this machine/,
    ],
  })
})

test('a target host that no name server knows is named, with what to check', async t => {
  const { workspace } = await twoRegistries(t)
  const to = 'docker://registry.invalid/mirror'
  await refused(workspace, ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
    says: ['registry.invalid', /Hint: .*name servers of this machine/],
  })
})

test('a source that refuses the connection is named with its port', async t => {
  const { workspace, to } = await twoRegistries(t)
  const host = await closedPort()
  workspace.write('set.yaml', imageSet(`${host}/team/a:v1`))
  await refused(workspace, ['plan', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
    says: [`${host}/team/a:v1`, `${host} refused the connection`, 'check that the registry runs'],
  })
})

test('a target that refuses the connection is named with its port, and the state is not made', async t => {
  const { workspace } = await twoRegistries(t)
  const host = await closedPort()
  const to = `docker://${host}/mirror`
  await refused(workspace, ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
    says: [`${host} refused the connection`, 'check that the registry runs'],
  })
})

test('a source that only speaks plain HTTP is refused with the flag for sources', async t => {
  const { workspace, source, to } = await twoRegistries(t)
  const { stderr } = await refused(
    workspace,
    ['plan', '-c', 'set.yaml', '--to', to, '--dest-tls-verify=false', ...ONCE],
    { says: [`${source.host} does not speak HTTPS`, '--src-tls-verify=false'] },
  )
  assert.doesNotMatch(stderr, /--dest-tls-verify/)
})

test('a target that only speaks plain HTTP is refused with the flag for targets', async t => {
  const { workspace, target, to } = await twoRegistries(t)
  const { stderr } = await refused(
    workspace,
    ['plan', '-c', 'set.yaml', '--to', to, '--src-tls-verify=false', ...ONCE],
    { says: [`${target.host} does not speak HTTPS`, '--dest-tls-verify=false'] },
  )
  assert.doesNotMatch(stderr, /--src-tls-verify/)
})

for (const status of [200, 404] as const) {
  test(`a source that answers ${status} with web pages is told apart from a registry`, async t => {
    const web = await startWebConsole(t, status)
    const { workspace, to } = await twoRegistries(t)
    workspace.write('set.yaml', imageSet(`${web.host}/team/a:v1`))
    await refused(workspace, ['plan', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
      says: [`${web.host}/team/a:v1`, 'a web page', `check that ${web.host} is the registry's address`],
    })
  })

  test(`a target that answers ${status} with web pages is told apart from a registry, and nothing is sent there`, async t => {
    const web = await startWebConsole(t, status)
    const { workspace } = await twoRegistries(t)
    const to = `docker://${web.host}/mirror`
    await refused(workspace, ['apply', '--yes', '-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE], {
      says: ['a web page', `check that ${web.host} is the registry's address`],
    })
    assert.deepEqual(web.changes, [])
  })
}

/** Answers everything with a page to sign in, as web consoles and front ends do. */
async function startWebConsole(t: TestEnd, status: number) {
  const changes: string[] = []
  const server = createWebServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      changes.push(`${request.method} ${request.url}`)
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    response.end('<html><body>Sign in</body></html>')
  })
  t.after(() => server.closeAllConnections())
  t.after(() => void server.close())
  return { host: await listening(server), changes }
}

/** `127.0.0.1:PORT` where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer()
  const host = await listening(server)
  await new Promise(resolve => server.close(resolve))
  return host
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return `127.0.0.1:${address.port}`
}
