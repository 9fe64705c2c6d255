/** Images of `file://` references: in the tree of oc, in the layout of mirrorform, or not on the disk at all. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { formatReference, parseReference, parseRepositoryPath, parseTag } from '../../../lib/oci/reference.ts'
import type { RepositoryReader, Sources } from '../../../lib/provider.ts'
import { formatTarget } from '../../../lib/target.ts'
import { buildImage } from '../../../testdata/images.ts'
import { layoutFiles, mirrorFolderFiles, writeDiskFiles } from '../../../testdata/oc-mirror-archives.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { diskFirst, diskTarget, openDisk, parseDiskReference } from './disk-images.ts'

const ETCD = buildImage({ seed: 'etcd' })
const OTHER = buildImage({ seed: 'other' })
const IMAGES = { 'openshift/release:4.16.3-x86_64-etcd': ETCD, 'openshift/other:4.16.3-x86_64-etcd': OTHER }
const RELEASE = parseRepositoryPath('openshift/release')
const SIGNAL = new AbortController().signal

function folderWith(t: TestEnd, kind: 'oc' | 'mirrorform'): string {
  const folder = temporaryFolder(t)
  if (kind === 'oc') writeDiskFiles(folder, mirrorFolderFiles(IMAGES))
  else writeDiskFiles(join(folder, 'v2'), layoutFiles(IMAGES))
  return folder
}

/** Whoever is asked for an image by its name is written down, and has nothing. */
function nobody(): { readonly sources: Sources; readonly asked: string[] } {
  const asked: string[] = []
  const open: Sources['open'] = source => {
    const name = source.kind === 'registry' ? formatReference(source.reference) : source.folder
    const told = async () => {
      asked.push(name)
      return undefined
    }
    return { name, resolve: told, manifest: told, blob: told } as unknown as RepositoryReader
  }
  return { sources: { open }, asked }
}

describe('a folder', () => {
  for (const kind of ['oc', 'mirrorform'] as const) {
    it(`written by ${kind} is read by repository, tag and digest`, async t => {
      const disk = await openDisk(folderWith(t, kind))
      const { digest } = ETCD.manifest
      const reader = disk.repository(RELEASE)
      assert.equal((await reader.resolve(parseTag('4.16.3-x86_64-etcd'), SIGNAL))?.digest, digest)
      assert.deepEqual((await reader.manifest(digest, SIGNAL)).bytes, ETCD.manifest.bytes)
      const other = disk.repository(parseRepositoryPath('openshift/other'))
      assert.equal(
        (await other.resolve(parseTag('4.16.3-x86_64-etcd'), SIGNAL))?.digest,
        OTHER.manifest.digest,
      )
    })

    it(`written by ${kind} gives what it has, and for the rest the source is asked`, async t => {
      const disk = await openDisk(folderWith(t, kind))
      const { sources, asked } = nobody()
      const both = diskFirst(sources, () => disk.repository(RELEASE))
      const open = (digest: string) =>
        both.open({ kind: 'registry', reference: parseReference(`quay.io/a/b@${digest}`) })
      const { digest } = ETCD.manifest
      const here = open(digest)
      assert.equal((await here.resolve(digest, SIGNAL))?.digest, digest)
      assert.equal(await here.resolve(parseTag(`${digest.replace(':', '-')}.sig`), SIGNAL), undefined)
      assert.deepEqual(asked, [], 'not even its signatures are asked for elsewhere')
      const missing = buildImage({ seed: 'missing' }).manifest.digest
      await open(missing).resolve(missing, SIGNAL)
      assert.deepEqual(asked, [`quay.io/a/b@${missing}`])
    })
  }

  it('without images is an error that says which folder is looked for', async t => {
    const folder = temporaryFolder(t)
    await assert.rejects(openDisk(folder), /it has no folder v2/)
  })

  it('that oc has written to is read only', t => {
    assert.throws(() => diskTarget(folderWith(t, 'oc')), UsageError)
    const ours = folderWith(t, 'mirrorform')
    assert.equal(formatTarget(diskTarget(ours)), `oci://${join(ours, 'v2')}`)
    const empty = join(temporaryFolder(t), 'media')
    mkdirSync(empty)
    assert.equal(formatTarget(diskTarget(empty)), `oci://${join(empty, 'v2')}`)
  })
})

describe('a file:// reference', () => {
  for (const text of ['file://local/index/a:v1', 'file:///local/index/a:v1'])
    it(`${text} names a repository, however many slashes there are`, () => {
      assert.deepEqual(parseDiskReference(text), { path: 'local/index/a', tag: 'v1' })
    })

  it('that names nothing is refused', () => {
    for (const text of ['file://', 'file:///A/b:c', 'file://a/b:c d'])
      assert.throws(() => parseDiskReference(text), UsageError)
  })
})
