/** One repository of a folder, by a folder of its own: the same whether oc wrote it or mirrorform. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { parseTag } from '../../../lib/oci/reference.ts'
import { canListTags } from '../../../lib/provider.ts'
import { openLayoutTarget } from '../../../providers/layout/index.ts'
import { buildImage } from '../../../testdata/images.ts'
import { layoutFiles, mirrorFolderFiles, writeDiskFiles } from '../../../testdata/oc-mirror-archives.ts'
import { pushImage } from '../../../testdata/push.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openFolder } from './open-folder.ts'

const SIGNAL = new AbortController().signal
const [ONE, TWO] = [buildImage({ seed: 'one' }), buildImage({ seed: 'two' })]

async function read(folder: string) {
  const reader = openFolder(folder, parseTag('v1'), new Map())
  assert.ok(canListTags(reader))
  const found = await reader.resolve(parseTag('v1'), SIGNAL)
  return { tags: (await reader.tags(SIGNAL))?.tags, digest: found?.digest }
}

test('a repository of oc image mirror, and of a layout in its place, has its own tags only', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(path.join(folder, 'oc'), mirrorFolderFiles({ 'a/b:v1': ONE, 'a/b:v2': TWO, 'c:v1': TWO }))
  const layout = openLayoutTarget(path.join(folder, 'ours/v2'))
  await pushImage(layout, 'a/b', 'v1', ONE)
  await pushImage(layout, 'a/b', 'v2', TWO)
  await pushImage(layout, 'c', 'v1', TWO)
  const expected = { tags: ['v1', 'v2'], digest: ONE.manifest.digest }
  assert.deepEqual(await read(path.join(folder, 'oc/v2/a/b')), expected)
  assert.deepEqual(await read(path.join(folder, 'ours/v2/a/b')), expected)
})

test('one reader serves all tags of a repository; a layout folder is one of its own', t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(folder, mirrorFolderFiles({ 'a:v1': ONE, 'a:v2': TWO }))
  writeDiskFiles(path.join(folder, 'layout'), layoutFiles({ 'x:v1': ONE }))
  const opened = new Map()
  const at = path.join(folder, 'v2/a')
  assert.equal(openFolder(at, parseTag('v1'), opened), openFolder(at, parseTag('v2'), opened))
  assert.match(openFolder(path.join(folder, 'layout'), parseTag('v1'), opened).name, /layout/)
})
