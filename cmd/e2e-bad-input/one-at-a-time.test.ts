/** One apply per state at a time, and none that nobody agreed to. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type CliWorkspace, cleanEnvironment } from '../../testdata/run-cli.ts'
import { startGate } from './gate.ts'
import { ANY_TLS, filesIn, ONCE, refused } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

test('a second apply is refused while one runs, naming who holds the state; the first one is not disturbed', async t => {
  const { workspace, target } = await twoRegistries(t)
  const gate = await startGate(t, target.url, ({ method }) => method === 'PUT')
  const apply = [
    'apply',
    '--yes',
    '-c',
    'set.yaml',
    '--to',
    `docker://${gate.host}/mirror`,
    '--state',
    's.json',
  ]
  const first = workspace.start([...apply, ...ANY_TLS, ...ONCE])
  await gate.reached
  const lock = JSON.parse(workspace.read('s.json.lock'))
  assert.equal(lock.pid, first.pid)
  await refused(workspace, [...apply, ...ANY_TLS, ...ONCE], {
    says: ['s.json', `pid ${first.pid}`, 'apply', 'wait until that is done', 'mirrorform state unlock'],
  })
  await refused(workspace, ['refresh', '--state', 's.json', ...ANY_TLS, ...ONCE], {
    says: [`pid ${first.pid}`],
  })
  const planned = await workspace.run(['plan', ...apply.slice(2), ...ANY_TLS, ...ONCE])
  assert.match(
    planned.stderr,
    new RegExp(`Another run is at work with this state: apply \\(process ${first.pid} `),
  )
  assert.doesNotMatch(planned.stderr, /cut off/)
  gate.open()
  const { code, output } = await first.ended
  assert.equal(code, 0, output)
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), ['s.json', 'set.yaml'])
})

test('without a terminal and without --yes an apply shows the plan, changes nothing and says what is missing', async t => {
  const { workspace, target, set } = await twoRegistries(t)
  await refused(workspace, ['apply', ...set], {
    says: ['nobody is there to answer "Apply this plan?"', '--yes'],
  })
  const { stdout } = await workspace.run(['apply', ...set], { input: 'yes\n' })
  assert.match(stdout, /2 to add/)
  assert.deepEqual(changesAt(target), [])
})

describe('at a terminal', {
  skip: spawnSync('script', ['--version']).status !== 0 && 'script (util-linux) not installed',
}, () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const applying = (set: readonly string[]) => [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    main,
    'apply',
    ...set,
  ]

  test('an apply that is answered with no changes nothing, says so and exits 1', async t => {
    const { workspace, target, set } = await twoRegistries(t)
    const { status, output } = await inTerminal(applying(set), async () => 'no\n', workspace)
    assert.equal(status, 1, output)
    assert.match(output, /Apply this plan\?/)
    assert.match(output, /Nothing was changed\./)
    assert.deepEqual(changesAt(target), [])
    assert.deepEqual(Object.keys(filesIn(workspace.folder)), ['set.yaml'])
  })

  test('an image that somebody puts in place while the question stands is not overwritten', async t => {
    const { workspace, target, set } = await twoRegistries(t)
    const theirs = buildImage({ seed: 'theirs' })
    const answer = async () => {
      await pushToServer(target.url, 'mirror/team/a', 'v1', theirs)
      return 'yes\n'
    }
    const { status, output } = await inTerminal(applying(set), answer, workspace)
    assert.equal(status, 4, output)
    assert.match(output, /changed since the plan was made/)
    const found = await fetch(`${target.url}/v2/mirror/team/a/manifests/v1`, { method: 'HEAD' })
    assert.equal(found.headers.get('docker-content-digest'), theirs.manifest.digest)
  })
})

/** `script` gives the command a terminal, so that it asks. */
async function inTerminal(
  words: readonly string[],
  answer: () => Promise<string>,
  { folder, root }: CliWorkspace,
) {
  const quoted = words.map(word => `'${word}'`).join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
    cwd: folder,
    env: { ...cleanEnvironment(root), TERM: 'xterm', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const asked = output.includes('Apply this plan?')
    output += text
    if (!asked && output.includes('Apply this plan?')) void answer().then(typed => child.stdin.write(typed))
  })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { status, output }
}
