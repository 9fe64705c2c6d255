/** What oc-mirror left where cluster resources go is kept under another name, or comes back. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { LIST_NAME } from '../../../lib/resources/index.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { isForeign, withSetAside } from './set-aside.ts'

const FILE = 'idms-oc-mirror.yaml'

function ofOcMirror(t: TestEnd, text = 'theirs') {
  const root = temporaryFolder(t)
  const folder = path.join(root, 'cluster-resources')
  const notes: string[] = []
  const leave = (what: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, FILE), what)
  }
  leave(text)
  const aside = (work: () => void) =>
    withSetAside(
      folder,
      note => void notes.push(note),
      async () => work(),
    )
  const read = (name: string) => readFileSync(path.join(root, name, FILE), 'utf8')
  return { root, folder, notes, leave, aside, read }
}

test('cluster resources of oc-mirror are put aside, as often as need be', async t => {
  const { folder, root, notes, leave, aside, read } = ofOcMirror(t, 'one')
  await aside(() => mkdirSync(folder))
  assert.match(
    notes.join('\n'),
    /^What oc-mirror wrote to .*cluster-resources is in .*-of-oc-mirror now\. Compare the two/,
  )
  leave('two')
  assert.equal(isForeign(folder), true)
  await aside(() => mkdirSync(folder))
  assert.deepEqual(
    [read('cluster-resources-of-oc-mirror'), read('cluster-resources-of-oc-mirror-2')],
    ['one', 'two'],
  )
  assert.equal(readdirSync(root).length, 3)
})

test('they come back where nothing takes their place, whatever ends the work', async t => {
  const { root, notes, aside, read } = ofOcMirror(t)
  await assert.rejects(
    aside(() => assert.fail('the registry is down')),
    /the registry is down/,
  )
  await aside(() => {})
  assert.deepEqual([readdirSync(root), read('cluster-resources')], [['cluster-resources'], 'theirs'])
  assert.match(notes.at(-1) ?? '', /^Nothing was written there: it is in .*cluster-resources again\.$/)
})

test('they stay aside where ours are there, also when the work fails after that', async t => {
  const { folder, root, aside, read } = ofOcMirror(t)
  await assert.rejects(
    aside(() => {
      mkdirSync(folder)
      assert.fail('one image failed')
    }),
  )
  assert.equal(read('cluster-resources-of-oc-mirror'), 'theirs')
  assert.equal(readdirSync(root).length, 2)
})

test('a folder that cannot be moved is told, with how to, and nothing is done', async t => {
  const { folder } = ofOcMirror(t)
  const missing = path.join(path.dirname(folder), 'nowhere', 'cluster-resources')
  const work = async () => assert.fail('done')
  await assert.rejects(
    withSetAside(missing, () => {}, work),
    { name: 'MirrorformError', message: /out of the way: ENOENT/, hint: /^move it yourself: mv / },
  )
})

test('what is not there, is empty, is a file or is ours is not in the way', t => {
  const { root } = ofOcMirror(t)
  const [empty, file, ours] = ['empty', 'file', 'ours'].map(name => path.join(root, name))
  assert.ok(empty && file && ours)
  mkdirSync(empty)
  writeFileSync(file, '')
  mkdirSync(ours)
  writeFileSync(path.join(ours, LIST_NAME), '')
  for (const place of [empty, file, ours, path.join(root, 'nothing'), path.join(file, 'below')])
    assert.equal(isForeign(place), false, place)
})
