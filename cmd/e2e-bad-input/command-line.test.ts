/** Command lines that cannot be understood or ask for what there is not: what is wrong, and what was probably meant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { assertReadable, imageSet, refused } from './refusal.ts'

const TO = ['--to', 'docker://registry.invalid/mirror'] as const

const REFUSED: readonly (readonly [
  what: string,
  args: readonly string[],
  says: readonly (string | RegExp)[],
])[] = [
  ['a misspelt command', ['aply', 'p.json'], ['aply', 'did you mean "apply"?']],
  ['a command that is like no other', ['frobnicate'], ['unknown command "frobnicate"', '--help']],
  ['a misspelt command below state', ['state', 'lst'], ['lst', 'did you mean "list"?']],
  [
    'a misspelt option',
    ['plan', '-c', 'set.yaml', ...TO, '--refesh=false'],
    ['--refesh', 'did you mean "--refresh"?'],
  ],
  [
    'an option that is like no other',
    ['plan', '-c', 'set.yaml', ...TO, '--frobnicate'],
    ['--frobnicate', 'plan --help'],
  ],
  ['an option without its value', ['plan', '-c', 'set.yaml', '--to'], ['--to', 'value']],
  ['an option given twice', ['plan', '-c', 'set.yaml', ...TO, ...TO], ['--to was given twice']],
  [
    'a choice that there is not',
    ['plan', '-c', 'set.yaml', ...TO, '--signatures', 'copy'],
    ['--signatures', '"copy"', 'copy-if-present'],
  ],
  [
    'a number that is none',
    ['plan', '-c', 'set.yaml', ...TO, '--retry-times', 'many'],
    ['--retry-times', 'many', 'number'],
  ],
  ['a negative number', ['plan', '-c', 'set.yaml', ...TO, '--retry-times=-1'], ['--retry-times', '-1']],
  [
    'no images at once',
    ['plan', '-c', 'set.yaml', ...TO, '--max-nested-paths', '1.5'],
    ['--max-nested-paths', '1.5'],
  ],
  ['a missing argument', ['show'], ['show', 'FILE']],
  ['an argument too many', ['show', 'a.json', 'b.json'], ['b.json']],
  [
    '--to with --target',
    ['plan', '-c', 'set.yaml', ...TO, '--target', 'enc1'],
    ['--to and --target exclude each other', 'kind: Mirror'],
  ],
  [
    'a plan file with -c',
    ['apply', 'p.json', '-c', 'set.yaml'],
    ['a plan file and -c', 'exclude each other', 'plan again'],
  ],
  [
    'a plan file with --only',
    ['apply', 'p.json', '--only', '*a*'],
    ['a plan file and --only', 'exclude each other'],
  ],
  [
    'a plan file with --destroy',
    ['apply', 'p.json', '--destroy'],
    ['a plan file and --destroy', 'exclude each other'],
  ],
  [
    '--destroy with --skip-deletes',
    ['plan', ...TO, '--destroy', '--skip-deletes'],
    ['--destroy and --skip-deletes exclude each other'],
  ],
  [
    'an archive as target',
    ['plan', '-c', 'set.yaml', '--to', 'file://archive'],
    ['file://archive', 'not supported yet', 'docker://', 'oci://'],
  ],
  ['--from', ['plan', '-c', 'set.yaml', ...TO, '--from', 'file://archive'], ['--from is not supported yet']],
  [
    'a target without a scheme',
    ['plan', '-c', 'set.yaml', '--to', 'registry.example/mirror'],
    ['registry.example/mirror', 'docker://registry.example/mirror'],
  ],
  [
    'a target of an unknown scheme',
    ['plan', '-c', 'set.yaml', '--to', 'https://registry.example/mirror'],
    ['https://registry.example/mirror', 'docker://registry.example/mirror'],
  ],
  [
    'a target with a tag',
    ['plan', '-c', 'set.yaml', '--to', 'docker://registry.example/mirror:v1'],
    ['docker://registry.example/mirror:v1', 'tag'],
  ],
  [
    'a target in capitals',
    ['plan', '-c', 'set.yaml', '--to', 'docker://registry.example/Mirror'],
    ['Mirror', 'lower'],
  ],
  ['a target without a host', ['plan', '-c', 'set.yaml', '--to', 'docker://'], ['docker://', 'HOST']],
  ['no target at all', ['plan', '-c', 'set.yaml'], ['no target', '--to docker://HOST']],
  [
    'an address that cannot be listened on',
    ['serve', 'folder', '--listen', 'nonsense'],
    ['nonsense', 'HOST:PORT'],
  ],
]

for (const [what, args, says] of REFUSED)
  test(`${what} is refused in words`, async t => {
    const workspace = cliWorkspace(t)
    workspace.write('set.yaml', imageSet('registry.invalid/acme/app:1'))
    await refused(workspace, args, { says })
  })

test('without --json the words stand on stderr alone, and stdout stays empty', async t => {
  const workspace = cliWorkspace(t)
  for (const args of [['aply'], ['plan', '--to', 'file://archive', '-c', 'set.yaml']]) {
    const result = await workspace.run(args)
    assert.equal(result.code, 1)
    assert.equal(result.stdout, '')
    assertReadable(result)
  }
})

test('--json-into gets the error document too', async t => {
  const workspace = cliWorkspace(t)
  const { code, stdout } = await workspace.run(['plan', ...TO, '--json-into', 'out.json'])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.equal(JSON.parse(workspace.read('out.json')).format, 'mirrorform-error')
})

test('no command at all prints the help and exits 1', async t => {
  const { code, stdout, stderr } = await cliWorkspace(t).run([])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /Commands:/)
})
