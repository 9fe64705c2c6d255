/** Several targets with one command, and what a `kind: Mirror` file says of how one of them is reached. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { enclaveScene } from '../../testdata/enclave-scene.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { registriesConf } from '../../testdata/releases.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

test("a target's registries.conf and limits hold while planning, for the saved plan, and when it is verified", async t => {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'team/app', '1', buildImage())
  const scene = enclaveScene(t, '127.0.0.1:1', ['quay.io'])
  scene.write('set.yaml', imageSetText(['quay.io/team/app:1']))
  scene.write(
    'conf/own.conf',
    `${registriesConf(source.host, ['quay.io'])}
[[registry]]
prefix = "${target.host}"
location = "${target.host}"
insecure = true
`,
  )
  scene.topology({
    name: 'site',
    to: `docker://${target.host}`,
    imageSets: ['set.yaml'],
    registriesConf: 'conf/own.conf',
    limits: { parallelImages: 1, parallelLayers: 1, maxRequestsPerSecond: 500, bandwidth: '100MiB' },
  })
  const planned = await scene.run(['plan', '-o', 'site.plan.json', '--detailed-exitcode'])
  assert.equal(planned.code, 2, planned.output)
  const applied = await scene.run(['apply', 'site.plan.json'])
  assert.equal(applied.code, 0, applied.output)
  const verified = await scene.run(['verify', '--deep'])
  assert.equal(verified.code, 0, verified.output)
  assert.equal((await scene.run(['refresh'])).code, 0)
})

test('--all tells what goes wrong with one target, goes on with the others, and ends with 1', async t => {
  const [source, one, two] = await Promise.all([
    startTestRegistry(t),
    startTestRegistry(t),
    startTestRegistry(t),
  ])
  await pushToServer(source.url, 'team/app', '1', buildImage())
  const scene = enclaveScene(t, source.host, ['quay.io'])
  scene.write('good.yaml', imageSetText(['quay.io/team/app:1']))
  scene.write('bad.yaml', imageSetText(['quay.io/team/gone:1']))
  scene.topology(
    { name: 'one', to: `docker://${one.host}`, imageSets: ['bad.yaml'] },
    { name: 'two', to: `docker://${two.host}`, imageSets: ['good.yaml'] },
  )
  const planned = await scene.run(['plan', '--all', '--detailed-exitcode', '-o', 'plans', ...PLAIN_HTTP])
  assert.equal(planned.code, 1)
  assert.match(planned.stderr, /quay\.io\/team\/gone:1 does not exist/)
  assert.match(planned.stdout, /^one +quay\.io\/team\/gone:1 does not exist\ntwo +1 to add\./m)
  assert.deepEqual(
    ['one', 'two'].map(name => existsSync(scene.path('plans', `${name}.plan.json`))),
    [false, true],
  )
  const applied = await scene.run(['apply', '--all', '--yes', '--json', ...PLAIN_HTTP])
  assert.equal(applied.code, 1)
  const { format, targets } = JSON.parse(applied.stdout)
  assert.equal(format, 'mirrorform-apply-all')
  assert.deepEqual(
    targets.map(({ name, exitCode, result }: Record<string, { format?: string }>) => [
      name,
      exitCode,
      result?.format,
    ]),
    [
      ['one', 1, 'mirrorform-error'],
      ['two', 0, 'mirrorform-apply-result'],
    ],
  )
  const markdown = await scene.run(['plan', '--all', '--markdown', ...PLAIN_HTTP])
  assert.match(markdown.stdout, /^\| one \| {2}\| quay\.io\/team\/gone:1 does not exist \|$/m)
})

test('a target that was renamed is told of the state that it had, and goes on with it once that is named', async t => {
  const [source, site] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'team/app', '1', buildImage())
  const scene = enclaveScene(t, source.host, ['quay.io'])
  scene.write('set.yaml', imageSetText(['quay.io/team/app:1']))
  const target = { to: `docker://${site.host}`, imageSets: ['set.yaml'] }
  scene.topology({ name: 'one', ...target })
  await scene.apply('one')
  scene.topology({ name: 'two', ...target })
  const unknown = await scene.at('plan', 'two')
  const said = unknown.stdout.replace(/\s+/g, ' ')
  assert.match(
    said,
    /one\.state\.json is a state of this place already, and two\.state\.json will be a second one/,
  )
  scene.topology({ name: 'two', ...target, state: 'one.state.json' })
  const known = await scene.at('plan', 'two', '--detailed-exitcode')
  assert.equal(known.code, 0, known.output)
  assert.doesNotMatch(known.stdout, /second one/)
})

const REFUSED: readonly (readonly string[])[] = [
  ['plan', '--all', '--target', 'one'],
  ['plan', '--all', '--to', 'docker://other.example'],
  ['plan', '--all', '--write-pinned', 'pinned.yaml'],
  ['apply', 'one.plan.json', '--all'],
]

test('--all excludes what is about one target', async t => {
  const scene = enclaveScene(t, '127.0.0.1:1', [])
  scene.topology({ name: 'one', to: 'docker://one.example', imageSets: ['set.yaml'] })
  for (const { code, stderr } of await Promise.all(REFUSED.map(words => scene.run(words)))) {
    assert.equal(code, 1)
    assert.match(stderr, /^Error: --all and .* exclude each other/)
  }
})
