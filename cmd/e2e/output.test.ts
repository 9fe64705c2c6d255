/** What a script gets: one JSON document, no colours, no questions, and an error it can read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { IMAGE_SET, mirrorScene, PLAIN_HTTP, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const image = buildImage({ seed: 'output' })
const ESCAPE = '\u001b'

async function start(t: TestEnd, tags: number) {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  const names = Array.from({ length: tags }, (_, at) => String(at + 1).padStart(3, '0'))
  for (const tag of names) await pushToServer(source.url, 'app', tag, image)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  scene.want(...names.map(tag => `${source.host}/app:${tag}`))
  return { scene, source, target }
}

test('with --json every command prints exactly one document', async t => {
  const { scene } = await start(t, 2)
  const check = async (format: string, code: number, ...args: readonly string[]): Promise<void> => {
    const { stdout, output, ...ended } = await scene.run([...args, '--json'])
    assert.equal(ended.code, code, `${args.join(' ')}: ${output}`)
    assert.equal(JSON.parse(stdout).format, format, args.join(' '))
  }
  const place = ['-c', IMAGE_SET, '--to', scene.target, '--state', STATE, ...PLAIN_HTTP]
  await check('mirrorform-validation', 0, 'validate', IMAGE_SET)
  await check('mirrorform-init', 0, 'init', '--folder', '..')
  await check('mirrorform-plan', 0, 'plan', ...place, '-o', PLAN)
  await check('mirrorform-apply-result', 0, 'apply', ...place, '--yes', '--json-into', 'result.json')
  assert.equal(JSON.parse(scene.read('result.json')).summary.done, 2)
  for (const command of ['verify', 'refresh', 'import'])
    await check(`mirrorform-${command}`, 0, command, ...place)
  await check('mirrorform-plan', 0, 'show', PLAN)
  await check('mirrorform-state', 0, 'show', STATE)
  await check('mirrorform-state', 0, 'state', 'list', '--state', STATE)
  await check('mirrorform-state', 0, 'state', 'show', 'app:001', '--state', STATE)
  await check('mirrorform-why', 0, 'why', 'app:001', '--state', STATE)
  await check('mirrorform-state-unlock', 0, 'state', 'unlock', '--state', STATE)
  await check('mirrorform-state-forget', 0, 'state', 'forget', 'app:001', '--state', STATE)
  await check('mirrorform-error', 1, 'init', '--folder', '..')
  await check('mirrorform-error', 1, 'show', 'absent.json')
  await check('mirrorform-error', 1, 'plan', '--no-such-option')
})

test('a failed command prints its error as the document, with what to do about it', async t => {
  const { scene, source } = await start(t, 1)
  scene.want(`${source.host}/app:missing`)
  const { code, stdout, stderr } = await scene.at('plan', ['--json', '--log-format', 'json'])
  assert.equal(code, 1)
  assert.match(JSON.parse(stdout).error.message, /app:missing/)
  for (const line of stderr.trim().split('\n')) assert.equal(typeof JSON.parse(line).message, 'string')
})

test('nothing that is piped has escape codes, unless colour is asked for', async t => {
  const { scene } = await start(t, 2)
  const plain = await scene.at('plan')
  const forbidden = await scene.at('plan', [], { env: { NO_COLOR: '1', TERM: 'xterm-256color' } })
  const applied = await scene.at('apply', ['--yes', '--progress', 'auto'])
  for (const { output } of [plain, forbidden, applied]) assert.ok(!output.includes(ESCAPE), output)
  const coloured = await scene.at('plan', ['--destroy', '--allow-mass-delete', '--color'])
  assert.ok(coloured.stdout.includes(ESCAPE))
})

test('an apply that would have to ask refuses when nobody can answer', async t => {
  const { scene, target } = await start(t, 1)
  const { code, stderr } = await scene.at('apply', [], { input: 'yes\n' })
  assert.equal(code, 1)
  assert.match(stderr, /--yes/)
  assert.ok(target.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
})

test('unknown options and commands are refused with the nearest one', async t => {
  const workspace = cliWorkspace(t)
  const command = await workspace.run(['plann'])
  assert.equal(command.code, 1)
  assert.match(command.stderr, /plan/)
  const option = await workspace.run(['plan', '--onyl', 'x'])
  assert.equal(option.code, 1)
  assert.match(option.stderr, /onyl/)
})
