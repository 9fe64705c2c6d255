/** Image sets that are wrong or cannot be read: every problem in one run, with its place, and nothing else happens. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, cliWorkspace } from '../../testdata/run-cli.ts'
import { assertSays, imageSet, refused } from './refusal.ts'

const TO = ['--to', 'docker://registry.invalid/mirror'] as const

const THREE_PROBLEMS = `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
archiveSize: a lot
mirror:
  additionalImages:
    - name: quay.io/acme/app:1
      targetTg: "2"
  blockedImages:
    - name: quay.io/acme/bad
  blockedImages: []
`

test('an unknown key, a wrong type and a key written twice are told in one run, each with place, line and hint', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', THREE_PROBLEMS)
  const { stdout, stderr } = await refused(workspace, ['plan', '-c', 'set.yaml', '-o', 'p.json', ...TO], {
    says: [
      'set.yaml:3:14: archiveSize',
      'archiveSize: a lot',
      'set.yaml:7:7:',
      'targetTg: "2"',
      'targetTag',
      'set.yaml:10:3:',
      'blockedImages: []',
      '3 problems in 1 file',
    ],
  })
  assert.equal(stderr.match(/^ {2}Hint: /gm)?.length, 3, stderr)
  const { problems } = JSON.parse(stdout).error
  assert.deepEqual(
    problems.map((problem: { line: number; column: number }) => [problem.line, problem.column]),
    [
      [3, 14],
      [7, 7],
      [10, 3],
    ],
  )
})

test('validate tells the same problems on stdout, those of all files together, and exits 1', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', THREE_PROBLEMS)
  workspace.write('other.yaml', `${imageSet('quay.io/acme/app:1')}storageConfig: {}\n`)
  const { code, stdout, stderr } = await workspace.run(['validate', 'set.yaml', 'other.yaml'])
  assert.equal(code, 1)
  assert.equal(stderr, '')
  assertSays(stdout, ['set.yaml:3:14:', 'other.yaml:6:1:', '4 problems in 2 files'])
  assert.equal(stdout.match(/\d+ problems? in/g)?.length, 1, stdout)
  const named = await workspace.run(['validate', '-c', 'set.yaml', '-c', 'other.yaml'])
  assert.equal(named.stdout, stdout)
})

test('a chart that is not there is refused with the line that asks for it', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', `${imageSet('quay.io/acme/app:1')}  helm:\n    local: [{path: ./chart}]\n`)
  await refused(workspace, ['plan', '-c', 'set.yaml', ...TO], {
    says: ['set.yaml:7: there is no chart ./chart', 'relative to the folder'],
  })
})

const UNREADABLE = [
  [
    'is missing',
    'nowhere.yaml',
    ['cannot read image set nowhere.yaml: there is no such file', 'mirrorform init'],
  ],
  ['is a folder', 'folder', ['cannot read image set folder: it is a folder', 'name a file']],
  ['is empty', 'empty.yaml', ['empty.yaml:1:1:', 'mirrorform init']],
  ['is not text', 'binary.yaml', ['binary.yaml', /not UTF-8|not text/]],
  ['breaks the YAML grammar', 'broken.yaml', ['broken.yaml:2:', 'kind: [']],
  ['is YAML of something else', 'pod.yaml', ['pod.yaml:2:7:', 'kind: Pod', 'ImageSetConfiguration']],
] as const

for (const [what, name, says] of UNREADABLE)
  test(`an image set that ${what} is refused by name`, async t => {
    const workspace = cliWorkspace(t)
    mkdirSync(workspace.path('folder'))
    workspace.write('empty.yaml', '')
    writeFileSync(workspace.path('binary.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0, 0x80]))
    workspace.write('broken.yaml', 'apiVersion: mirror.openshift.io/v2alpha1\nkind: [\n')
    workspace.write('pod.yaml', 'apiVersion: v1\nkind: Pod\n')
    await refused(workspace, ['plan', '-c', name, ...TO], { says })
  })

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test('an image set without permission to read it is refused, saying whose it is', {
  skip: !othersMayRead(ROOT) && 'another user may not read the program',
}, async t => {
  const workspace = cliWorkspace(t)
  chmodSync(workspace.write('set.yaml', imageSet('quay.io/acme/app:1')), 0o000)
  for (const folder of [workspace.root, workspace.folder]) chmodSync(folder, 0o755)
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), path.join(ROOT, 'cmd/main.ts'), 'plan', '-c', 'set.yaml', ...TO],
    {
      cwd: workspace.folder,
      env: cleanEnvironment(workspace.root),
      encoding: 'utf8',
      // root reads everything, so it becomes nobody.
      ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
    },
  )
  assert.equal(status, 1, stderr)
  assertSays(stderr, ['cannot read image set set.yaml: permission denied', 'Hint:', 'ls -l'])
})

/** Whether every folder on the way is open to all. */
function othersMayRead(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false
  return path.dirname(folder) === folder || othersMayRead(path.dirname(folder))
}

test('without an image set the user is told how to name or write one', async t => {
  await refused(cliWorkspace(t), ['plan', ...TO], { says: ['no image set', '-c FILE', 'mirrorform init'] })
})

test('a plan file that could not be written is told before anything is asked', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', imageSet('registry.invalid/acme/app:1'))
  for (const option of ['-o', '--json-into'])
    await refused(workspace, ['plan', '-c', 'set.yaml', ...TO, option, 'nowhere/out.json'], {
      says: ['cannot write nowhere/out.json: there is no folder nowhere', option],
    })
  await refused(workspace, ['plan', '-c', 'set.yaml', ...TO, '-o', 'nowhere/'], {
    says: ['cannot write nowhere/: there is no folder nowhere/', '-o names a file'],
  })
})

test('a credential file that the user named and that is not there is refused by name', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', imageSet('quay.io/acme/app:1'))
  await refused(workspace, ['plan', '-c', 'set.yaml', '--authfile', 'auth.json', ...TO], {
    says: ['cannot read the credential file auth.json', 'there is no such file', '--authfile'],
  })
})

test('a credential file that is not JSON is refused by name and none of it is shown', async t => {
  const workspace = cliWorkspace(t)
  workspace.write('set.yaml', imageSet('quay.io/acme/app:1'))
  workspace.write('auth.json', '{"auths": {"quay.io": {"auth": "czNjcjN0LWNhbmFyeQ==" ')
  const { output } = await refused(workspace, ['plan', '-c', 'set.yaml', '--authfile', 'auth.json', ...TO], {
    says: ['auth.json', 'JSON'],
  })
  assert.doesNotMatch(output, /czNjcjN0/)
})
