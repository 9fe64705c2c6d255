/** States that cannot be read, written or trusted: refused before anything is changed at the target. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type { CliWorkspace } from '../../testdata/run-cli.ts'
import { type Refusal, refused } from './refusal.ts'
import { changesAt, type Scene, twoRegistries } from './two-registries.ts'

/** Applies once, so that there is a state `s.json`. */
async function withState(t: TestContext): Promise<Scene> {
  const scene = await twoRegistries(t)
  const { code, output } = await scene.workspace.run(['apply', '--yes', ...scene.set, '--state', 's.json'])
  assert.equal(code, 0, output)
  scene.target.clearRequests()
  return scene
}

function edit(workspace: CliWorkspace, from: string | RegExp, to: string): void {
  const text = workspace.read('s.json')
  const edited = text.replace(from, to)
  assert.notEqual(edited, text)
  workspace.write('s.json', edited)
}

/** Neither plan nor apply goes on, and the target is not touched. */
async function refusedByAll({ workspace, set, target, want }: Scene, refusal: Refusal): Promise<void> {
  want('team/a:v1', 'team/b:v1', 'team/c:v1')
  await refused(workspace, ['plan', ...set, '--state', 's.json', '-o', 'p.json'], refusal)
  await refused(workspace, ['apply', '--yes', ...set, '--state', 's.json'], refusal)
  assert.deepEqual(changesAt(target), [])
}

test('a state of a version that is not known yet is refused, naming the version that reads it', async t => {
  const scene = await withState(t)
  edit(scene.workspace, '"version": 1', '"version": 7')
  await refusedByAll(scene, {
    says: [
      's.json is a state of version 7',
      'newer mirrorform',
      'use a mirrorform that reads mirrorform-state version 7',
    ],
  })
})

test('a state with the marks of a git conflict is refused with the line of the first', async t => {
  const scene = await withState(t)
  edit(scene.workspace, /^(?=\s*"lineage")/m, '<<<<<<< HEAD\n')
  await refusedByAll(scene, {
    says: [/s\.json:\d+: git left a merge conflict in this state/, 'settle the conflict first'],
  })
})

test('a state that is cut off is refused with the place where it ends', async t => {
  const scene = await withState(t)
  scene.workspace.write('s.json', scene.workspace.read('s.json').slice(0, 300))
  await refusedByAll(scene, { says: [/s\.json:\d+:\d+: not JSON/, 'git'] })
})

test('the state of another target is refused, naming both targets', async t => {
  const { workspace, set, target } = await withState(t)
  const other = set.map(word => (word.startsWith('docker://') ? `docker://${target.host}/elsewhere` : word))
  const says = [`docker://${target.host}/mirror`, `docker://${target.host}/elsewhere`, '--state']
  await refused(workspace, ['plan', ...other, '--state', 's.json'], { says })
  await refused(workspace, ['apply', '--yes', ...other, '--state', 's.json'], { says })
  assert.deepEqual(changesAt(target), [])
})

test('a plan or any other file given as the state is refused by what it is', async t => {
  const { workspace, set } = await twoRegistries(t)
  const planned = await workspace.run(['plan', ...set, '-o', 'p.json'])
  assert.equal(planned.code, 0, planned.output)
  await refused(workspace, ['plan', ...set, '--state', 'p.json'], {
    says: ['p.json is not a state', '"mirrorform-plan"'],
  })
  await refused(workspace, ['plan', ...set, '--state', 'set.yaml'], { says: ['set.yaml:1:1: not JSON'] })
})

const UNWRITABLE = [
  ['below a file', 'set.yaml/s.json', ['a part of its path is a file']],
  ['in a folder that does not exist', 'nowhere/s.json', ['there is no folder', 'mkdir -p']],
  ['that is a folder', 'folder', ['folder', 'name a file with --state']],
  ['where nothing can be made', '/proc/s.json', ['/proc', '--state']],
] as const

for (const [what, state, says] of UNWRITABLE)
  test(`a state ${what} is refused before anything is sent`, {
    skip: state.startsWith('/proc') && !existsSync('/proc/self') && 'no /proc here',
  }, async t => {
    const { workspace, target, set } = await twoRegistries(t)
    mkdirSync(workspace.path('folder'))
    await refused(workspace, ['apply', '--yes', ...set, '--state', state], { says: ['state', ...says] })
    assert.deepEqual(changesAt(target), [])
  })

test('a full disk below the state is told as such before anything is sent', async t => {
  const { workspace, target, set } = await twoRegistries(t)
  const small = mkdtempSync(path.join(tmpdir(), 'mirrorform-small-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'mirrorform-test', small]).status === 0
  t.after(() => {
    if (mounted) spawnSync('umount', [small])
    rmdirSync(small)
  })
  if (!mounted) return t.skip('no small file system can be mounted')
  const { bavail, bsize } = statfsSync(small)
  writeFileSync(path.join(small, 'ballast'), Buffer.alloc(bavail * bsize))
  const state = path.join(small, 's.json')
  await refused(workspace, ['apply', '--yes', ...set, '--state', state], {
    says: [state, 'the disk is full', 'free some space'],
  })
  assert.deepEqual(changesAt(target), [])
})

test('commands about a state that is not there say how one is made', async t => {
  const { workspace } = await twoRegistries(t)
  for (const command of [
    ['state', 'list'],
    ['verify'],
    ['refresh'],
    ['why', 'team/a:v1'],
    ['state', 'forget', 'x'],
  ])
    await refused(workspace, [...command, '--state', 'gone.json'], {
      says: ['there is no state gone.json', 'first apply', '--state'],
    })
})
