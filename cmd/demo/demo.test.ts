import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../testdata/temp.ts'
import { createStyle } from '../terminal/index.ts'
import { runDemo } from './demo.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Milliseconds: far more than the demo needs on a machine that is busy with other tests. */
const timeout = 120_000

function startDemo(t: TestContext, env: Record<string, string> = {}) {
  const folder = temporaryFolder(t)
  const child = spawn(process.execPath, ['--import', 'tsx', 'cmd/demo/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, FORCE_COLOR: undefined, TMPDIR: folder, TMP: folder, TEMP: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  const said: string[] = []
  child.stdout.setEncoding('utf8').on('data', chunk => said.push(chunk))
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', chunk => complaints.push(chunk))
  return {
    child,
    stdout: () => said.join(''),
    stderr: () => complaints.join(''),
    ended: once(child, 'close'),
    leftovers: () => leftovers(folder),
  }
}

function leftovers(folder: string): readonly string[] {
  return readdirSync(folder).filter(name => name.startsWith('mirrorform-demo'))
}

/** The demo's own output, with what differs from run to run or from machine to machine made the same. */
function normalised(output: string): readonly string[] {
  const hosts = [...output.matchAll(/^ {2}(source|mirror) {2}(\S+)$/gm)]
  const named = hosts.reduce(
    (all, [, name, host]) => all.replaceAll(`${host}`, `${name}.example:5000`),
    output,
  )
  return named
    .replaceAll(/[0-9a-f]{12}…/g, '<digest>')
    .replaceAll(/\d+(\.\d+)? [KM]i?B/g, '<size>')
    .split('\n')
    .map(line => line.replaceAll(/ {2,}/g, '  ').trimEnd())
}

test('the demo does what it says, shows a plan as the README prints it, and leaves nothing behind', {
  timeout,
}, async t => {
  const demo = startDemo(t, { COLUMNS: '100' })
  assert.deepEqual(await demo.ended, [0, null], demo.stderr())
  assert.deepEqual(demo.leftovers(), [])
  const stdout = demo.stdout()
  const lines = normalised(stdout)
  const commands = lines.filter(line => line.startsWith('$ ')).map(line => line.split(' ')[2])
  assert.deepEqual(commands, ['init', 'plan', 'apply', 'plan', 'plan', 'apply', 'verify'])
  assert.match(stdout, /^No changes\. /m)
  assert.match(stdout, /^Plan: 1 to add, 1 to move, 1 to delete, 1 unchanged\. /m)
  assert.match(stdout, /^Verified: 3 images, /m)

  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, shown = ''] = /<!-- from npm run demo -->\n```[a-z]*\n([^`]*)```/.exec(readme) ?? []
  const wanted = normalised(shown).filter(line => line !== '' && !line.startsWith('$ '))
  assert.ok(wanted.length > 5, 'README.md shows a plan')
  assert.deepEqual(
    wanted.filter(line => !lines.includes(line)),
    [],
  )
})

test('in a narrow terminal every sentence of the demo fits', { timeout }, async t => {
  const demo = startDemo(t, { COLUMNS: '44' })
  assert.deepEqual(await demo.ended, [0, null], demo.stderr())
  const story = readFileSync(join(ROOT, 'cmd/demo/story.ts'), 'utf8')
  const told = demo
    .stdout()
    .split('\n')
    .filter(line => line !== '' && story.includes(line))
  assert.ok(told.length > 20)
  assert.deepEqual(
    told.filter(line => line.length > 44),
    [],
  )
})

test('an interrupted demo leaves nothing behind and ends with 130', { timeout }, async t => {
  const demo = startDemo(t)
  while (!demo.stdout().includes('mirrorform init')) await once(demo.child.stdout, 'data')
  demo.child.kill('SIGINT')
  assert.deepEqual(await demo.ended, [130, null], demo.stderr())
  assert.deepEqual(demo.leftovers(), [])
})

test('a reader that goes away ends the demo, and nothing is left behind', { timeout }, async t => {
  const demo = startDemo(t)
  await once(demo.child.stdout, 'data')
  demo.child.stdout.destroy()
  assert.deepEqual(await demo.ended, [130, null], demo.stderr())
  assert.deepEqual(demo.leftovers(), [])
})

test('a step that does not do what the demo says ends it with 1, and nothing is left behind', async t => {
  const folder = temporaryFolder(t)
  const told = new PassThrough().resume()
  const complained = new PassThrough()
  const code = await runDemo({
    program: [process.execPath, '-e', ''],
    stdout: told,
    stderr: complained,
    columns: 80,
    style: createStyle(false),
    env: process.env,
    folder,
    signal: t.signal,
  })
  assert.equal(code, 1)
  assert.match(String(complained.read()), /The demo failed: it is not true that init wrote imageset.yaml/)
  assert.deepEqual(leftovers(folder), [])
})
