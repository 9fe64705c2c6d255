/** `--write-pinned`: which files it writes, and which it never touches. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { parseDigest } from '../../../lib/oci/digest.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { loadImageSets } from '../wanted-images.ts'
import type { Pin } from './collect-operators.ts'
import { checkPinnedPath, writePinned } from './write-pinned.ts'

const DIGEST = parseDigest(`sha256:${'1'.repeat(64)}`)
const OTHER = parseDigest(`sha256:${'2'.repeat(64)}`)
const SET = 'kind: ImageSetConfiguration\nmirror:\n  operators:\n  - catalog: a.io/index:v1 # ours\n'
const PINNED = SET.replace('a.io/index:v1 # ours', `a.io/index@${DIGEST} # ours\n    targetTag: "v1"`)

async function sceneOf(t: TestContext, ...texts: readonly string[]) {
  const folder = temporaryFolder(t)
  const at = (name: string) => path.join(folder, name)
  const paths = texts.map((_, number) => at(`set-${number}.yaml`))
  texts.forEach((text, number) => void writeFileSync(at(`set-${number}.yaml`), text))
  const { imageSets } = await loadImageSets(paths)
  const pins = (digest = DIGEST): readonly Pin[] =>
    imageSets.flatMap(imageSet => (imageSet.operators ?? []).map(section => ({ imageSet, section, digest })))
  return { at, paths, pins, read: (name: string) => readFileSync(at(name), 'utf8') }
}

test('a new file says where it comes from, and is written again when catalogs moved', async t => {
  const { at, paths, pins, read } = await sceneOf(t, SET)
  await checkPinnedPath(at('pinned.yaml'), paths)
  const told = await writePinned(at('pinned.yaml'), pins())
  assert.equal(told, `the catalog is pinned by digest in ${at('pinned.yaml')}`)
  assert.equal(read('pinned.yaml'), `# Written by mirrorform --write-pinned from ${paths[0]}\n${PINNED}`)
  assert.equal(read('set-0.yaml'), SET)
  await checkPinnedPath(at('pinned.yaml'), paths)
  await writePinned(at('pinned.yaml'), pins(OTHER))
  assert.ok(read('pinned.yaml').includes(OTHER))
})

test('the image set itself is pinned in place where it is named', async t => {
  const { at, paths, pins, read } = await sceneOf(t, SET)
  await checkPinnedPath(at('set-0.yaml'), paths)
  await writePinned(at('set-0.yaml'), pins())
  assert.equal(read('set-0.yaml'), PINNED)
})

test('a file of somebody else is not overwritten, and a folder that is not there is found before any work', async t => {
  const { at, paths } = await sceneOf(t, SET)
  writeFileSync(at('notes.yaml'), 'mine: true\n')
  await assert.rejects(checkPinnedPath(at('notes.yaml'), paths), UsageError)
  await assert.rejects(checkPinnedPath(at('none/pinned.yaml'), paths), /there is no folder/)
})

test('an image set that names other files is not written where it would look for them in vain', async t => {
  const { at, pins } = await sceneOf(t, `${SET}    targetCatalogSourceTemplate: cs.yaml\n`)
  mkdirSync(at('other'))
  await assert.rejects(writePinned(at('other/pinned.yaml'), pins()), /in another folder .* cs.yaml$/)
  await writePinned(at('pinned.yaml'), pins())
})

test('it is refused without catalogs, and where two image sets have some', async t => {
  const { at, pins } = await sceneOf(t, SET, SET.replace('a.io', 'b.io'))
  await assert.rejects(writePinned(at('pinned.yaml'), []), /no catalogs to pin/)
  await assert.rejects(writePinned(at('pinned.yaml'), pins()), /set-0.yaml and .*set-1.yaml have catalogs/)
})
