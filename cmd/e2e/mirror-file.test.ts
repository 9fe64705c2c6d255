/** A `kind: Mirror` file: several targets, their states and policies, so that commands need no flags. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage } from '../../testdata/images.ts'
import { IMAGE_SET, PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

test('two targets of one file are planned and applied by name, each with a state of its own', async t => {
  const [source, one, two] = await Promise.all([1, 2, 3].map(() => startTestRegistry(t)))
  assert.ok(source && one && two)
  for (const name of ['app', 'tool', 'extra'])
    await pushToServer(source.url, name, '1', buildImage({ seed: name }))
  const workspace = cliWorkspace(t)
  const images = (...names: readonly string[]) => imageSetText(names.map(name => `${source.host}/${name}:1`))
  workspace.write(IMAGE_SET, images('app', 'tool'))
  workspace.write('sets/extra.yaml', images('extra'))
  workspace.write(
    'mirrorform.yaml',
    `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets:
  - imageset.yaml
targets:
  - name: enc1
    to: docker://${one.host}/enc1
    state: sets/enc1.json
    maxNestedPaths: 1
  - name: enc2
    to: docker://${two.host}
    imageSets: [imageset.yaml, sets/extra.yaml]
policies:
  protect: ['tool']
`,
  )
  const unnamed = await workspace.run(['plan', ...PLAIN_HTTP])
  assert.equal(unnamed.code, 1)
  assert.match(unnamed.stderr, /several targets[\s\S]*enc1, enc2/)
  const wrong = await workspace.run(['plan', '--target', 'enc3', ...PLAIN_HTTP])
  assert.match(wrong.stderr, /no target "enc3"/)

  for (const name of ['enc1', 'enc2']) {
    const applied = await workspace.run(['apply', '--target', name, '--yes', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    const planned = await workspace.run(['plan', '--target', name, '--detailed-exitcode', ...PLAIN_HTTP])
    assert.equal(planned.code, 0, planned.output)
  }
  assert.ok(existsSync(workspace.path('sets/enc1.json')) && existsSync(workspace.path('enc2.state.json')))
  assert.deepEqual(await catalogOf(one.url), ['enc1-app', 'enc1-tool'])
  assert.deepEqual(await catalogOf(two.url), ['app', 'extra', 'tool'])

  workspace.write(IMAGE_SET, images('app'))
  const dropped = await workspace.run(['plan', '--target', 'enc2', '--json', ...PLAIN_HTTP])
  const { summary } = JSON.parse(dropped.stdout)
  assert.deepEqual([summary.delete, summary.forget], [0, 1], 'what is protected is forgotten, not deleted')
  assert.equal((await workspace.run(['apply', '--target', 'enc2', '--yes', ...PLAIN_HTTP])).code, 0)
  assert.deepEqual(await catalogOf(two.url), ['app', 'extra', 'tool'])
  const listed = await workspace.run(['state', 'list', '--target', 'enc2'])
  assert.doesNotMatch(listed.stdout, /tool/)
})

test('a file with one target needs no flag, and is found from a command line elsewhere', async t => {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'app', '1', buildImage())
  const workspace = cliWorkspace(t)
  workspace.write('mirrors/set.yaml', imageSetText([`${source.host}/app:1`]))
  workspace.write(
    'mirrors/mirrorform.yaml',
    `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets: [set.yaml]
targets: [{ name: only, to: 'docker://${target.host}/only' }]
`,
  )
  const file = ['-c', 'mirrors/mirrorform.yaml', ...PLAIN_HTTP]
  assert.equal((await workspace.run(['apply', '--yes', ...file])).code, 0)
  assert.ok(existsSync(workspace.path('mirrors/only.state.json')))
  const planned = await workspace.run(['plan', '--detailed-exitcode', ...PLAIN_HTTP], {
    cwd: workspace.path('mirrors'),
  })
  assert.equal(planned.code, 0, planned.output)
})

async function catalogOf(url: string): Promise<readonly string[]> {
  const { repositories } = (await (await fetch(`${url}/v2/_catalog`)).json()) as {
    repositories: readonly string[]
  }
  return repositories
}
