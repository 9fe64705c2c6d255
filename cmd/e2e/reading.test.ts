/** The commands that only tell: what is held, why, what a plan says, with the network gone; and those that begin. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { buildMultiArch } from '../../testdata/images.ts'
import { type MirrorScene, mirrorScene, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const image = buildMultiArch({ seed: 'reading' })

/** A mirror of `app:1` and a plan to delete `tool:1`, both of whose registries are gone. */
let scene: MirrorScene
const ends: (() => Promise<void> | void)[] = []
before(async () => {
  const gone: (() => Promise<void> | void)[] = []
  const registries = { after: (work: () => Promise<void> | void) => void gone.push(work) }
  const [source, target] = await Promise.all([startTestRegistry(registries), startTestRegistry(registries)])
  await pushToServer(source.url, 'app', '1', image)
  await pushToServer(source.url, 'tool', '1', buildMultiArch({ seed: 'tool' }))
  scene = mirrorScene({ after: work => void ends.push(work) }, `docker://${target.host}/enc1`)
  scene.want(`${source.host}/app:1`, `${source.host}/tool:1`)
  await scene.apply()
  scene.want(`${source.host}/app:1`)
  await scene.plan()
  for (const end of gone) await end()
})
after(async () => {
  for (const end of ends) await end()
})

test('show renders a saved plan and a state without any network', async () => {
  const plan = await scene.run(['show', PLAN])
  assert.equal(plan.code, 0, plan.output)
  assert.match(plan.stdout, /1 to delete/)
  const markdown = await scene.run(['show', PLAN, '--markdown'])
  assert.match(markdown.stdout, /tool:1/)
  const requests = await scene.run(['show', PLAN, '--requests'])
  assert.match(requests.stdout, /enc1\/tool/)
  assert.doesNotMatch(requests.stdout, /enc1\/app/)
  const state = await scene.run(['show', STATE])
  assert.match(state.stdout, /app:1/)
  const json = await scene.run(['show', PLAN, '--json'])
  assert.equal(json.stdout, scene.read(PLAN))
})

test('state list and state show tell what is held, down to the layers', async () => {
  const list = await scene.run(['state', 'list', '--state', STATE])
  assert.equal(list.code, 0, list.output)
  assert.match(list.stdout, /app:1[\s\S]*tool:1/)
  const shown = await scene.run(['state', 'show', 'app:1', '--state', STATE])
  assert.equal(shown.code, 0, shown.output)
  for (const child of image.children) assert.match(shown.stdout, new RegExp(child.manifest.digest))
  const unknown = await scene.run(['state', 'show', 'nothing:1', '--state', STATE])
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /the state holds no image nothing:1[\s\S]*state list/)
})

test('why tells the image and the entry that a reference, a manifest or a layer is there for', async () => {
  const layer = [...(image.children[0]?.blobs.keys() ?? [])][1] ?? ''
  for (const asked of ['app:1', image.manifest.digest, image.children[1]?.manifest.digest ?? '', layer]) {
    const why = await scene.run(['why', asked, '--state', STATE])
    assert.equal(why.code, 0, why.output)
    assert.match(why.stdout, /enc1\/app:1[\s\S]*wanted by/, asked)
  }
  const nothing = await scene.run(['why', 'unheard/of:1', '--state', STATE])
  assert.match(nothing.stdout, /Nothing here holds/)
})

test('init writes an image set that validates, and never overwrites', async t => {
  const workspace = cliWorkspace(t)
  const first = await workspace.run(['init'])
  assert.equal(first.code, 0, first.output)
  const text = workspace.read('imageset.yaml')
  assert.match(workspace.read('.gitignore'), /\.lock/)
  assert.match(workspace.read('.gitattributes'), /eol=lf/)
  const valid = await workspace.run(['validate', '-c', 'imageset.yaml'])
  assert.equal(valid.code, 0, valid.output)
  const second = await workspace.run(['init'])
  assert.equal(second.code, 1)
  assert.match(second.stderr, /exists already/)
  assert.equal(workspace.read('imageset.yaml'), text)
})

test('serve offers a layout as a registry until it is interrupted', async t => {
  const workspace = cliWorkspace(t)
  const serving = workspace.start(['serve', 'registry', '--listen', '127.0.0.1:0', '--json'])
  await serving.shows(/"url": ?"[^"]+"/)
  const url = /"url": ?"([^"]+)"/.exec(serving.said())?.[1] ?? ''
  await pushToServer(url, 'app', '1', image)
  serving.kill('SIGINT')
  const ended = await serving.ended
  assert.equal(ended.code, 0, ended.output)
  assert.equal(JSON.parse(ended.stdout).url, url)
  assert.match(readFileSync(workspace.path('registry/index.json'), 'utf8'), new RegExp(image.manifest.digest))
})

test('completion prints a script and completes commands and options', async t => {
  const workspace = cliWorkspace(t)
  const script = await workspace.run(['completion'])
  assert.equal(script.code, 0, script.output)
  assert.match(script.stdout, /mirrorform/)
  const completed = await workspace.run(['--get-yargs-completions', 'mirrorform', 'pl'])
  assert.match(completed.stdout, /^plan/m)
  const options = await workspace.run(['--get-yargs-completions', 'mirrorform', 'plan', '--max'])
  assert.match(options.stdout, /--max-nested-paths/)
})
