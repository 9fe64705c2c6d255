/**
 * A password everywhere one can be put: in addresses of charts and their queries, credential files, lists of other tools,
 * proxies, update services and mistyped references. It is in nothing that is written or printed.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { chartsText, indexText, packageOf, sampleChart, startChartServer } from '../../testdata/charts.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type CliResult, type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const SECRET = 'pw-never-5f0c'
const LOGIN = `bob:${SECRET}`
/** What a repository signs its links with: the index as it was read lies in the cache, as any document does. */
const SIGNED = 'pw-signed-77d2'
const ENCODED = Buffer.from(LOGIN).toString('base64')
const HIDDEN = [SECRET, SIGNED, ENCODED]

/** @param given files that the test itself wrote */
function assertSilent({ root }: CliWorkspace, runs: readonly CliResult[], given: readonly string[]): void {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => !given.includes(file))
  for (const secret of HIDDEN) {
    assert.deepEqual(
      files.filter(
        file => !(secret === SIGNED && file.includes('/.cache/')) && readFileSync(file).includes(secret),
      ),
      [],
    )
    for (const { output } of runs) assert.ok(!output.includes(secret), `the secret was printed:\n${output}`)
  }
}

test('what is planned, applied, shipped, listed and told of charts behind a login holds neither login nor token', async t => {
  const source = await startTestRegistry(t)
  const target = await startTestRegistry(t, { auth: { users: { bob: SECRET }, scheme: 'basic' } })
  await pushToServer(source.url, 'acme/web', '1.0.0', buildImage())
  const charts = await startChartServer(t)
  const query = `?token=${SECRET}`
  const archive = packageOf('web', sampleChart('web', '1.0.0', source.host))
  const url = `web-1.0.0.tgz?sig=${SIGNED}`
  charts.put(`/s/index.yaml${query}`, indexText([{ name: 'web', version: '1.0.0', archive, url }]))
  charts.put(`/s/${url}`, archive)

  const workspace = cliWorkspace(t)
  const { run, write } = workspace
  const address = `http://${LOGIN}@${new URL(charts.url).host}`
  const set = (folder: string) =>
    chartsText({
      repositories: [{ name: 's', url: `${address}/${folder}${query}`, charts: [{ name: 'web' }] }],
    })
  const auths = { [target.host]: { auth: ENCODED } }
  const given = [
    write('set.yaml', set('s')),
    write('absent.yaml', set('absent')),
    write('auth.json', JSON.stringify({ auths })),
  ]
  const to = ['--to', `docker://${target.host}/enc1`, '--authfile', 'auth.json', ...PLAIN_HTTP]
  const from = ['-c', 'set.yaml', '--carry-charts']
  const done = [
    await run([
      'plan',
      ...from,
      ...to,
      '-o',
      'a.plan.json',
      '--export-mapping',
      'all.txt',
      '--json-into',
      'a.json',
    ]),
    await run(['plan', ...from, ...to, '--markdown', '--log-format', 'json']),
    await run(['apply', ...from, ...to, '--yes', '--state', 'a.state.json', '--resources', 'resources']),
    await run(['show', 'a.state.json', '--export-mapping', 'held.txt']),
    await run(['why', `${target.host}/enc1/acme/web:1.0.0`, '--state', 'a.state.json']),
    await run([
      'apply',
      ...from,
      '--to',
      'file://disc',
      '--for',
      `docker://${target.host}/far`,
      '--yes',
      ...PLAIN_HTTP,
    ]),
    await run([
      'mirror',
      '-c',
      'set.yaml',
      '--workspace',
      'file://ws',
      `docker://${target.host}/two`,
      '--authfile',
      'auth.json',
      ...PLAIN_HTTP,
    ]),
  ]
  for (const { code, output } of done) assert.equal(code, 0, output)
  const refused = [
    await run(['plan', '-c', 'absent.yaml', ...to]),
    await run(['plan', '-c', 'absent.yaml', ...to, '--json', '--log-format', 'json']),
  ]
  for (const { code, output } of refused) assert.equal(code, 1, output)
  assert.ok(
    charts.requests.some(each => each.includes(SECRET)),
    'the token was not even used',
  )
  assertSilent(workspace, [...done, ...refused], given)
})

test('lists, references, proxies and update services with a login in them are told without it', async t => {
  const workspace = cliWorkspace(t)
  const { run, write } = workspace
  const broken = `q.io:\n  credentials: {username: bob, password: "${SECRET}\n  images: {a: ["1"]}\n`
  const release = {
    platform: { channels: [{ name: 'stable-4.16', minVersion: '4.16.1', maxVersion: '4.16.2' }] },
  }
  const head = { apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration' }
  const given = [
    write('sync.yaml', `q.io:\n  credentials: {username: bob, password: ${SECRET}}\n  images: {a: ["1"]}\n`),
    write('broken.yaml', broken),
    write(
      'creds.yaml',
      `creds: [{registry: r.lan, user: bob, pass: ${SECRET}}]\nsync: [{source: "${LOGIN}@a.lan/a:1", target: "r.lan/a:1", type: image}, {source: "a.lan/a:1", target: "r.lan/a:1", type: image}]\n`,
    ),
    write('m.txt', `docker://${LOGIN}@q.example/a:1=127.0.0.1:1/a:1\n`),
    write('typed.yaml', imageSetText([`${LOGIN}@q.example/a:1`])),
    write('release.yaml', JSON.stringify({ ...head, mirror: release })),
    write('web.yaml', imageSetText(['q.example/a:1'])),
  ]
  const to = ['--to', 'docker://127.0.0.1:1/x', '--retry-times', '0']
  const proxy = `http://${LOGIN}@127.0.0.1:1`
  const runs = [
    await run(['import-config', 'sync.yaml', '-o', 'sync.out.yaml', '--json']),
    await run(['import-config', 'creds.yaml', '-o', 'creds.out.yaml']),
    await run(['import-config', 'broken.yaml', '--format', 'skopeo', '--json']),
    await run(['plan', '--mapping', 'm.txt', ...to]),
    await run(['plan', '-c', 'typed.yaml', ...to, '--json', '--log-format', 'json']),
    await run(['plan', '-c', 'web.yaml', '--to', `docker://${LOGIN}@q.example/x`]),
    await run(['plan', '-c', 'web.yaml', ...to], { env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } }),
    await run(['plan', '-c', 'web.yaml', ...to], { env: { HTTPS_PROXY: `http://${LOGIN}@:bad:port` } }),
    await run(['plan', '-c', 'release.yaml', ...to], {
      env: { UPDATE_URL_OVERRIDE: `http://${LOGIN}@127.0.0.1:1/graph?token=${SECRET}` },
    }),
    await run(['image', 'mirror', `${LOGIN}@q.example/a:1`, '127.0.0.1:1/a:1']),
    await run(['mirror', '-c', 'web.yaml', '--workspace', 'file://ws', `docker://${LOGIN}@q.example/x`]),
    await run(['adm', 'release', 'mirror', `--from=${LOGIN}@q.example/a:1`, '--to=127.0.0.1:1/a']),
    await run(['adm', 'catalog', 'mirror', `${LOGIN}@q.example/a:1`, '127.0.0.1:1/a']),
  ]
  assert.deepEqual(
    runs.map(({ code }) => code === 0),
    runs.map((_, at) => at < 2),
    runs.map(({ output }) => output).join('\n'),
  )
  assertSilent(workspace, runs, given)
})

test('a state or an image set that a mistyped option names is not written over', async t => {
  const workspace = cliWorkspace(t)
  const { run, write, read } = workspace
  const state = '{\n  "format": "mirrorform-state",\n  "version": 1\n}\n'
  for (const [name, text, said] of [
    ['enc1.state.json', state, /is a state: /],
    ['set.yaml', imageSetText(['q.example/a:1']), /is a configuration: /],
    ['other.yaml', 'apiVersion: x\nkind: ImageSetConfiguration\n', /is a configuration: /],
  ] as const) {
    write(name, text)
    for (const option of ['-o', '--export-mapping', '--export-pruning-plan', '--json-into']) {
      const { code, output } = await run([
        'plan',
        '-c',
        'set.yaml',
        '--to',
        'docker://127.0.0.1:1/x',
        option,
        name,
      ])
      assert.equal(code, 1, output)
      assert.match(output, said)
      assert.equal(read(name), text)
    }
    write('set.yaml', imageSetText(['q.example/a:1']))
  }
})
