/** Command lines that cannot be understood or ask for what there is not: what is wrong, and what was probably meant. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { assertReadable, imageSet, refused } from './refusal.ts'

const TO = ['--to', 'docker://registry.invalid/mirror'] as const

const PLAN = ['plan', '-c', 'set.yaml'] as const

type Row = readonly [what: string, args: readonly string[], says: readonly (string | RegExp)[]]

const MISUNDERSTOOD: readonly Row[] = [
  ['a misspelt command', ['aply', 'p.json'], ['no command "aply"', 'did you mean "apply"?']],
  ['a command that is like no other', ['frobnicate'], ['no command "frobnicate"', 'mirrorform --help']],
  ['a misspelt command below state', ['state', 'lst'], ['no command "lst"', 'did you mean "list"?']],
  [
    'a misspelt option',
    [...PLAN, ...TO, '--refesh=false'],
    ['no option --refesh', 'did you mean --refresh?'],
  ],
  ['an option like no other', [...PLAN, ...TO, '--gibberish'], ['--gibberish', 'mirrorform plan --help']],
  [
    'an option of another command',
    [...PLAN, ...TO, '--yes'],
    ['no option --yes here', 'mirrorform plan --help'],
  ],
  ['an option without its value', [...PLAN, '--to'], ['--to needs a value']],
  ['an option given twice', [...PLAN, ...TO, ...TO], ['--to was given twice']],
  [
    'a choice there is not',
    [...PLAN, '--signatures', 'copy'],
    ['--signatures may not be "copy"', 'required'],
  ],
  [
    'a switch that is neither on nor off',
    ['image', 'mirror', '--dry-run=1', 'q.io/a:1=m.local:5000/a'],
    ['--dry-run may not be "1"', '--dry-run=false'],
  ],
  [
    'a number that is none',
    [...PLAN, ...TO, '--retry-times', 'many'],
    ['--retry-times must be a whole number'],
  ],
  ['a negative number', [...PLAN, ...TO, '--retry-times=-1'], ['--retry-times', '0 or more']],
  [
    'half a path component',
    [...PLAN, ...TO, '--max-nested-paths', '1.5'],
    ['--max-nested-paths', 'whole number'],
  ],
  ['no image at a time', ['apply', 'p.json', '--parallel-images', '0'], ['--parallel-images', '1 or more']],
  ['a missing argument', ['show'], ['show: an argument is missing', 'mirrorform show --help']],
  ['an argument too many', ['show', 'a.json', 'b.json'], ['show does not take "b.json"']],
  [
    'an argument too many of a command below two others',
    ['adm', 'release', 'mirror', 'a', 'b'],
    ['adm release mirror does not take "b"', 'mirrorform adm release mirror --help'],
  ],
  [
    'a misspelt command below two others',
    ['adm', 'migrate', 'icps', 'f.yaml'],
    ['mirrorform adm migrate has no command "icps"', 'did you mean "icsp"?'],
  ],
  [
    'the list of catalogs',
    ['list', 'operators', '--catalogs'],
    ['no option --catalogs', 'did you mean --catalog?'],
  ],
  [
    'operators of no catalog',
    ['list', 'operators'],
    ['--catalog is missing', 'for instance --catalog=registry.redhat.io/redhat/redhat-operator-index'],
  ],
]

const CONTRADICTORY: readonly Row[] = [
  ['--to with --target', [...PLAN, ...TO, '--target', 'enc1'], ['--to and --target exclude', 'kind: Mirror']],
  [
    'a plan file with -c',
    ['apply', 'p.json', '-c', 'set.yaml'],
    ['a plan file and -c exclude', 'plan again'],
  ],
  ['a plan file with --only', ['apply', 'p.json', '--only', '*a*'], ['a plan file and --only exclude']],
  ['a plan file with --destroy', ['apply', 'p.json', '--destroy'], ['a plan file and --destroy exclude']],
  ['--for without an archive', [...PLAN, ...TO, '--for', 'enc1'], ['there is no archive', 'file://FOLDER']],
  ['--assume without an archive', [...PLAN, ...TO, '--assume', 'none'], ['--assume is about archives']],
  [
    '--from with an archive as target',
    [...PLAN, '--to', 'file://a', '--for', 'docker://a.example', '--from', 'file://b'],
    ['exclude each other'],
  ],
  ['a plan file with --from', ['apply', 'p.json', '--from', 'file://a'], ['a plan file and --from exclude']],
  ['--destroy with --skip-deletes', ['plan', ...TO, '--destroy', '--skip-deletes'], ['exclude each other']],
]

const NOT_THERE: readonly Row[] = [
  [
    'a credential file named with -a',
    ['image', 'mirror', '-a', 'none.json', 'registry.invalid/a:1=registry.invalid/b:1'],
    ['cannot read the credential file none.json', 'it is named by -a'],
  ],
  [
    'an archive for nobody',
    [...PLAN, '--to', 'file://a'],
    ['the archive file://a has no far side', '--for docker://HOST'],
  ],
  [
    'an archive for a name that nobody has',
    [...PLAN, '--to', 'file://a', '--for', 'enc1'],
    ['--for enc1 is neither an address nor a target', 'docker://HOST'],
  ],
  [
    '--from a folder without an archive',
    [...PLAN, ...TO, '--from', 'file://a'],
    ['there is nothing at a', 'the disc is mounted'],
  ],
  ['--from a registry', [...PLAN, ...TO, '--from', 'docker://a.example'], ['is not an archive', 'file://']],
  ['a target without scheme', [...PLAN, '--to', 'reg.example/m'], ['did you mean docker://reg.example/m?']],
  [
    'a target with https',
    [...PLAN, '--to', 'https://reg.example/m'],
    ['did you mean docker://reg.example/m?'],
  ],
  ['a target that is a folder', [...PLAN, '--to', 'mirror'], ['"mirror" is not a target', 'oci://FOLDER']],
  [
    'a target with a tag',
    [...PLAN, '--to', 'docker://reg.example/m:v1'],
    ['docker://reg.example/m:v1', 'no tag'],
  ],
  ['a target in capitals', [...PLAN, '--to', 'docker://reg.example/Mirror'], ['Mirror', 'lower']],
  ['a target without a host', [...PLAN, '--to', 'docker://'], ['the host is missing', 'docker://HOST']],
  ['no target at all', PLAN, ['no target', '--to docker://HOST']],
  [
    'a listening address without port',
    ['serve', 'folder', '--listen', 'nonsense'],
    ['nonsense', 'HOST:PORT'],
  ],
]

for (const [what, args, says] of [...MISUNDERSTOOD, ...CONTRADICTORY, ...NOT_THERE])
  test(`${what} is refused in words`, async t => {
    const workspace = cliWorkspace(t)
    workspace.write('set.yaml', imageSet('registry.invalid/acme/app:1'))
    await refused(workspace, args, { says })
  })

test('a misspelt file on a command line of oc-mirror leaves no workspace behind', async t => {
  const workspace = cliWorkspace(t)
  const line = ['-c', 'none.yaml', '--workspace', 'file://w', 'docker://registry.invalid/m', '--v2']
  await refused(workspace, ['mirror', ...line], { says: ['cannot read image set none.yaml: there is no'] })
  await refused(workspace, ['delete', '--generate', ...line], {
    says: ['cannot read configuration none.yaml: there is no'],
  })
  assert.deepEqual(readdirSync(workspace.folder), [])
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

test('the help of a command begins with its own options; what many share stands below, under headings', async t => {
  const { code, stdout } = await cliWorkspace(t).run(['plan', '--help'])
  assert.equal(code, 0)
  assert.deepEqual(stdout.match(/^[A-Z].*:$/gm), [
    'Options:',
    'Image sets and target:',
    'Planning:',
    'Archives:',
    'Mapping files:',
    'Releases:',
    'Operators:',
    'Helm charts:',
    'Samples:',
    'Resources of a cluster:',
    'Registries:',
    'Output:',
  ])
  assert.match(stdout, /Options:\n +-o, --out/)
})
