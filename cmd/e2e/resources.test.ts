/** `resources`: from a state alone, without any network, into a folder that is the same as long as the mirror is. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { encodeState } from '../../lib/files/state-file.ts'
import { clusterFaults } from '../../testdata/cluster-schemas.ts'
import {
  additional,
  held,
  mirrorOf,
  type SampleMirror,
  stateOf,
  workedExample,
} from '../../testdata/mirror-states.ts'
import { type CliResult, type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import type { TestEnd } from '../../testdata/temp.ts'

const STATE = 'enc1.state.json'
const FOLDER = 'enc1-resources'

function workspace(t: TestEnd, mirror: SampleMirror = workedExample()): CliWorkspace {
  const made = cliWorkspace(t)
  save(made, mirror)
  return made
}

function save(cli: CliWorkspace, mirror: SampleMirror): void {
  cli.write(STATE, encodeState(stateOf(mirror)))
}

async function resources(cli: CliWorkspace, ...more: readonly string[]): Promise<CliResult> {
  const result = await cli.run(['resources', '--state', STATE, ...more])
  assert.equal(result.code, 0, result.output)
  return result
}

/** Path -> text of every file below a folder of the workspace. */
function filesIn(cli: CliWorkspace, folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(cli.path(folder), { recursive: true, withFileTypes: true })
  const files = names.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name))
  return new Map(
    files.toSorted().map(file => [path.relative(cli.path(folder), file), readFileSync(file, 'utf8')]),
  )
}

function leftovers(cli: CliWorkspace): readonly string[] {
  return readdirSync(cli.folder).filter(name => name.endsWith('.tmp'))
}

test('a state gives a folder beside it, and a second run finds it unchanged', async t => {
  const cli = workspace(t)
  const first = await resources(cli)
  assert.match(first.stdout, /\+ enc1-resources\/idms-oc-mirror\.yaml\n/)
  assert.match(first.stdout, /oc apply -f enc1-resources/)
  const before = filesIn(cli, FOLDER)
  assert.ok(before.has('cs-demo-index-v1.yaml') && before.has('signature-configmap.json'))
  const second = await resources(cli)
  assert.match(second.stdout, /enc1-resources: unchanged/)
  assert.deepEqual(filesIn(cli, FOLDER), before)
  assert.deepEqual(leftovers(cli), [])
})

test('the state is found by its target too', async t => {
  const cli = cliWorkspace(t)
  cli.write('reg.lan-ns.state.json', encodeState(stateOf(workedExample())))
  const { code, output } = await cli.run(['resources', '--to', 'docker://reg.lan/ns', '-o', 'out'])
  assert.equal(code, 0, output)
  assert.ok(existsSync(cli.path('out', 'idms-oc-mirror.yaml')))
})

test('what a cluster takes can be printed, for oc apply', async t => {
  const cli = workspace(t)
  const { stdout } = await resources(cli, '--stdout')
  const objects = parseAllDocuments(stdout).map(document => document.toJS())
  assert.equal(objects.length, 8)
  for (const object of objects) assert.deepEqual(clusterFaults(object), [])
  assert.ok(!existsSync(cli.path(FOLDER)))
})

test('one JSON document says what became of each file, and what restarts nodes', async t => {
  const cli = workspace(t)
  const { stdout } = await resources(cli, '--json')
  const document = JSON.parse(stdout)
  assert.equal(document.format, 'mirrorform-resources')
  assert.equal(document.folder, FOLDER)
  const files: readonly { path: string; change: string; restartsNodes: boolean }[] = document.files
  assert.deepEqual(
    files.filter(file => file.restartsNodes).map(file => file.path),
    ['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml'],
  )
  assert.ok(files.every(({ change }) => change === 'create'))
})

test('files of ours that people changed are told of', async t => {
  const cli = workspace(t)
  await resources(cli)
  const edit = (name: string) => cli.write(`${FOLDER}/${name}`, `${cli.read(`${FOLDER}/${name}`)}# mine\n`)
  edit('itms-oc-mirror.yaml')
  edit('cs-demo-index-v1.yaml')
  save(
    cli,
    mirrorOf('docker://reg.lan/ns', held('quay.io/a/b:1', 'reg.lan/ns/a/b:1', additional('quay.io/a/b:1'))),
  )
  const { stdout, stderr } = await resources(cli)
  assert.match(stderr, /itms-oc-mirror\.yaml was changed by hand; it is written anew/)
  assert.match(stderr, /cs-demo-index-v1\.yaml is no longer made; it was changed by hand and stays/)
  assert.match(stdout, /− enc1-resources\/cc-demo-index-v1\.yaml/)
})

test('a folder that had the resources of another mirror is taken over with a warning', async t => {
  const cli = workspace(t)
  await resources(cli)
  save(cli, workedExample('docker://other.lan/ns'))
  const { stderr } = await resources(cli)
  assert.match(stderr, /enc1-resources held the resources of docker:\/\/reg\.lan\/ns, which are\s+replaced/)
  assert.doesNotMatch((await resources(cli)).stderr, /held the resources/)
})

test('objects name the state they were made from only where that is asked for', async t => {
  const cli = workspace(t)
  await resources(cli, '--annotate')
  assert.match(cli.read(`${FOLDER}/cs-demo-index-v1.yaml`), /mirrorform\.dev\/state: sha256:[0-9a-f]{64}/)
  await resources(cli)
  assert.doesNotMatch(cli.read(`${FOLDER}/cs-demo-index-v1.yaml`), /annotations/)
})

test('an image set given with -c brings the template of its catalog', async t => {
  const cli = workspace(t)
  cli.write('sets/templates/cs.yaml', TEMPLATE)
  cli.write('sets/imageset.yaml', imageSet('templates/cs.yaml'))
  await resources(cli, '-c', 'sets/imageset.yaml')
  const text = cli.read(`${FOLDER}/cs-demo-index-v1.yaml`)
  assert.match(text, /displayName: Demo/)
  assert.match(text, /name: cs-demo-index-v1/)
})

const TEMPLATE = 'apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\nspec: {displayName: Demo}\n'

function imageSet(template: string): string {
  return `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
mirror:
  operators:
    - catalog: registry.example.com/olm/demo-index:v1
      targetCatalogSourceTemplate: ${template}
`
}

const REFUSED: readonly (readonly [
  what: string,
  prepare: (cli: CliWorkspace) => void,
  args: readonly string[],
  message: RegExp,
])[] = [
  [
    'a template that is no CatalogSource',
    cli => {
      cli.write('cs.yaml', 'kind: ConfigMap\n')
      cli.write('imageset.yaml', imageSet('cs.yaml'))
    },
    ['-c', 'imageset.yaml'],
    /cs\.yaml:1: .*"ConfigMap", not\s+CatalogSource/,
  ],
  [
    'a template that is not there',
    cli => cli.write('imageset.yaml', imageSet('cs.yaml')),
    ['-c', 'imageset.yaml'],
    /cannot read template cs\.yaml: there is no such file/,
  ],
  [
    'a state of another version',
    cli => cli.write(STATE, cli.read(STATE).replace('"version": 1', '"version": 9')),
    [],
    /state of version 9/,
  ],
  ['a state that is not there', cli => rmSync(cli.path(STATE)), [], /there is no state/],
  [
    'a mirror in a folder',
    cli => save(cli, mirrorOf('oci:///srv/layout', held('quay.io/a/b:1', 'a/b:1', additional('x')))),
    [],
    /oci:\/\/\/srv\/layout is a folder: no cluster can pull from it/,
  ],
  ['a folder that is a file', cli => cli.write('file', ''), ['--out', 'file'], /file is a file/],
  ['a folder without a name', () => {}, ['--out', ''], /has no name/],
  ['--stdout with --out', () => {}, ['--stdout', '--out', 'x'], /exclude each other/],
]

for (const [what, prepare, args, message] of REFUSED)
  test(`${what} is refused, and nothing is written`, async t => {
    const cli = workspace(t)
    prepare(cli)
    const before = readdirSync(cli.folder)
    const { code, stderr, stdout } = await cli.run(['resources', '--state', STATE, ...args])
    assert.equal(code, 1, stdout)
    assert.match(stderr, message)
    assert.match(stderr, /Hint: /)
    assert.deepEqual(readdirSync(cli.folder), before)
  })
