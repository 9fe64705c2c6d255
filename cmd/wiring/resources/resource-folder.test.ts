import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { ResourceError } from '../../../lib/errors.ts'
import { LIST_NAME, makeResources, type Resources } from '../../../lib/resources/index.ts'
import { additional, held, mirrorOf, workedExample } from '../../../testdata/mirror-states.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { withoutRoot } from '../../../testdata/without-root.ts'
import { compareFolder, writeFolder } from './resource-folder.ts'

const PLAIN = { maxNestedPaths: 0, icsp: false, templates: [] }
const whole: Resources = makeResources(workedExample(), PLAIN)
const small: Resources = makeResources(
  mirrorOf('docker://reg.lan/ns', held('quay.io/a/b:1', 'reg.lan/ns/a/b:1', additional('quay.io/a/b:1'))),
  PLAIN,
)

function place(t: TestEnd): { readonly above: string; readonly folder: string } {
  const above = temporaryFolder(t)
  return { above, folder: path.join(above, 'out') }
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = names.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name))
  return new Map(files.toSorted().map(file => [path.relative(folder, file), readFileSync(file, 'utf8')]))
}

function put(folder: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), text)
}

test('the files of a folder are those that were made, and a list of them', async t => {
  const { above, folder } = place(t)
  await writeFolder(folder, whole)
  const files = filesIn(folder)
  assert.equal(files.size, whole.files.length + 1)
  for (const { path, text } of whole.files) assert.equal(files.get(path), text)
  assert.deepEqual(readdirSync(above), ['out'])
})

test('comparing writes nothing, and says what writing then does', async t => {
  const { above, folder } = place(t)
  const compared = await compareFolder(folder, whole)
  assert.deepEqual(readdirSync(above), [])
  assert.deepEqual(await writeFolder(folder, whole), compared)
  assert.ok((await compareFolder(folder, whole)).every(change => change.do === 'keep'))
})

test('files that are no longer made are removed with their folders, files of others stay', async t => {
  const { above, folder } = place(t)
  await writeFolder(folder, whole)
  put(folder, 'kustomization.yaml', 'resources: []\n')
  put(folder, 'nodes/notes.txt', 'mine')
  await writeFolder(folder, small)
  assert.deepEqual(
    [...filesIn(folder).keys()],
    [...small.files.map(file => file.path), LIST_NAME, 'kustomization.yaml', 'nodes/notes.txt'].toSorted(),
  )
  assert.deepEqual(readdirSync(path.join(folder, 'nodes/containerd/certs.d')), ['quay.io'])
  assert.deepEqual(readdirSync(above), ['out'])
})

test('a file that was changed by hand is written anew while it is made, and left when it is not', async t => {
  const { folder } = place(t)
  await writeFolder(folder, whole)
  put(folder, 'itms-oc-mirror.yaml', 'mine')
  put(folder, 'cs-demo-index-v1.yaml', 'mine')
  const changes = await writeFolder(folder, small)
  const edited = changes.flatMap(change => (change.do === 'replace' && change.edited ? [change.path] : []))
  assert.deepEqual(edited, ['itms-oc-mirror.yaml'])
  assert.equal(filesIn(folder).get('cs-demo-index-v1.yaml'), 'mine')
  assert.notEqual(filesIn(folder).get('itms-oc-mirror.yaml'), 'mine')
  assert.ok((await writeFolder(folder, small)).every(change => change.do === 'keep'))
})

test('a folder with resources of somebody else is refused, and stays as it is', async t => {
  const { above, folder } = place(t)
  put(folder, 'idms-oc-mirror.yaml', 'kind: ImageDigestMirrorSet\n')
  await assert.rejects(
    writeFolder(folder, whole),
    (error: unknown) =>
      error instanceof ResourceError &&
      /mirrorform did not write: idms-oc-mirror\.yaml$/.test(error.message) &&
      error.hint !== undefined,
  )
  assert.deepEqual([...filesIn(folder)], [['idms-oc-mirror.yaml', 'kind: ImageDigestMirrorSet\n']])
  assert.deepEqual(readdirSync(above), ['out'])
})

test('without its list, files are known by their first line', async t => {
  const { folder } = place(t)
  await writeFolder(folder, whole)
  const list = path.join(folder, LIST_NAME)
  const text = readFileSync(list, 'utf8')
  writeFileSync(list, text.replace(/\n {4}\{"path":"itms[^\n]*/, ''))
  const changed = { ...whole, files: whole.files.map(file => ({ ...file, text: `${file.text}\n` })) }
  await writeFolder(folder, changed)
  assert.deepEqual(
    filesIn(folder).get('itms-oc-mirror.yaml'),
    changed.files.find(file => file.path === 'itms-oc-mirror.yaml')?.text,
  )
})

test('a list that names files outside of the folder is refused, and nothing is removed', async t => {
  const { above, folder } = place(t)
  await writeFolder(folder, whole)
  put(above, 'precious.yaml', 'mine')
  const list = path.join(folder, LIST_NAME)
  const text = readFileSync(list, 'utf8')
  for (const bad of [
    '../precious.yaml',
    '/etc/hosts',
    'a/../../precious.yaml',
    'a//b',
    '..',
    '.',
    '',
    'a\\b',
  ]) {
    writeFileSync(list, text.replace('"cc-demo-index-v1.yaml"', JSON.stringify(bad)))
    await assert.rejects(writeFolder(folder, small), ResourceError, bad)
  }
  assert.equal(readFileSync(path.join(above, 'precious.yaml'), 'utf8'), 'mine')
  assert.equal(filesIn(folder).size, whole.files.length + 1)
})

test('a folder in a folder that is not there is refused, and nothing is made', async t => {
  const { above, folder } = place(t)
  await assert.rejects(
    writeFolder(path.join(folder, 'deeper'), whole),
    /there is no folder .*out for the resources/,
  )
  assert.deepEqual(readdirSync(above), [])
})

test('a link to a folder stays one, and what a killed run left is removed', async t => {
  const { above, folder } = place(t)
  const real = path.join(above, 'real')
  put(real, `${LIST_NAME}.0123456789ab.tmp/idms-oc-mirror.yaml`, 'half')
  symlinkSync(real, folder)
  await writeFolder(folder, whole)
  assert.deepEqual(readdirSync(above).toSorted(), ['out', 'real'])
  assert.equal(filesIn(real).size, whole.files.length + 1)
  assert.ok((await writeFolder(folder, whole)).every(change => change.do === 'keep'))
})

test('what a killed first run left beside the folder is removed, and what looks like it stays', async t => {
  const { above, folder } = place(t)
  put(above, 'out.0123456789ab.tmp/idms-oc-mirror.yaml', 'half')
  put(above, 'out.mine.tmp', 'mine')
  await writeFolder(folder, whole)
  assert.deepEqual(readdirSync(above).toSorted(), ['out', 'out.mine.tmp'])
})

test('a file in the place of a folder, or a folder in that of a file, is refused before anything is written', async t => {
  for (const [name, message] of [
    ['nodes', /a file is in the way of nodes\//],
    ['idms-oc-mirror.yaml/kept', /idms-oc-mirror\.yaml is a folder/],
  ] as const) {
    const { folder } = place(t)
    put(folder, name, 'mine')
    await assert.rejects(writeFolder(folder, whole), message)
    assert.deepEqual([...filesIn(folder).keys()], [name])
  }
})

test('what a run left half way is not taken for changes by hand', async t => {
  const { above, folder } = place(t)
  chmodSync(above, 0o777)
  const changed = { ...whole, files: whole.files.map(file => ({ ...file, text: `${file.text}\n` })) }
  await withoutRoot(async () => {
    await writeFolder(folder, whole)
    const locked = path.join(folder, 'nodes/registries.conf.d')
    chmodSync(locked, 0o555)
    await assert.rejects(writeFolder(folder, changed), ResourceError)
    chmodSync(locked, 0o755)
    const changes = await writeFolder(folder, changed)
    const replaced = changes.flatMap(change => (change.do === 'replace' ? [change] : []))
    assert.ok(replaced.some(change => change.path.startsWith('nodes/registries.conf.d')))
    assert.ok(replaced.every(change => !change.edited))
  })
  assert.deepEqual(readdirSync(above), ['out'])
})

test('a list that cannot be read is refused by its name', async t => {
  const { folder } = place(t)
  for (const bad of ['', '{', '{"format":"mirrorform-state","version":1}']) {
    put(folder, LIST_NAME, bad)
    await assert.rejects(writeFolder(folder, whole), /\.mirrorform-resources/)
  }
})

test('what was cut off half way is finished by the next run', async t => {
  const { folder } = place(t)
  await writeFolder(folder, whole)
  // As a crash leaves it: the list knows old and new files, some are there and some are not yet.
  const list = path.join(folder, LIST_NAME)
  const before = readFileSync(list, 'utf8')
  await writeFolder(folder, small)
  put(
    folder,
    'cs-demo-index-v1.yaml',
    whole.files.find(file => file.path === 'cs-demo-index-v1.yaml')?.text ?? '',
  )
  writeFileSync(list, before)
  await writeFolder(folder, small)
  assert.deepEqual([...filesIn(folder).keys()], [...small.files.map(file => file.path), LIST_NAME].toSorted())
})
