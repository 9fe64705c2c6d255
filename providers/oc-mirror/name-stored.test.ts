import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSource } from '../../lib/graph/naming.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatPlatform } from '../../lib/oci/platform.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import {
  mirrorFolderFiles,
  storageFiles,
  writeDiskFiles,
  writeV2Archive,
} from '../../testdata/oc-mirror-archives.ts'
import { type OcMirrorRun, ocMirrorRun } from '../../testdata/oc-mirror-run.ts'
import { createSigner } from '../../testdata/release-signing.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { nameStored, openOcMirrorArchive, openStoredImages } from './index.ts'
import { SIGNAL } from './testing/read-back.ts'

async function namesIn(folder: string, run: Pick<OcMirrorRun, 'cache' | 'workingDir'>) {
  await writeV2Archive(folder, run.cache, { workingDir: run.workingDir })
  return nameStored([await openOcMirrorArchive(folder, SIGNAL)], SIGNAL)
}

async function exampleRun(): Promise<OcMirrorRun> {
  return ocMirrorRun(await createSigner('Test Releases'))
}

test('everything in an archive of oc-mirror v2 is named as it would be published, with where it came from', async t => {
  const run = await exampleRun()
  const { images, problems } = await namesIn(temporaryFolder(t), run)
  assert.deepEqual(problems, [])
  assert.deepEqual(
    images.map(({ repository, tag, digest }) => [`${repository}:${tag}`, digest]).toSorted(),
    [...run.published].map(([place, { manifest }]) => [place, manifest.digest]).toSorted(),
  )
  const of = (repository: string) => images.find(image => image.repository === repository)
  const catalog = of('olm/demo-index')
  assert.deepEqual(catalog?.origins, [{ kind: 'catalog', catalog: 'registry.example.com/olm/demo-index:v1' }])
  assert.equal(
    catalog && formatSource(catalog.source),
    `registry.example.com/olm/demo-index@${catalog?.digest}`,
  )
  const renamed = of('team/renamed')
  assert.equal(renamed && formatSource(renamed.source), 'quay.io/team/tool:1')
  assert.deepEqual(of('acme/widget')?.origins, [
    {
      kind: 'bundle',
      catalog: 'registry.example.com/olm/demo-index:v1',
      package: 'widget',
      bundle: 'widget.v2.0.0',
      channels: ['stable'],
    },
  ])
  assert.deepEqual(of('openshift/release-images')?.origins, [
    { kind: 'release', version: '4.16.2', architecture: 'x86_64', channels: [] },
  ])
})

test('of several catalogs that were made of one the one that the image set asks for is published', async t => {
  const run = await exampleRun()
  const [made = ''] = Object.keys(run.workingDir).filter(name => name.endsWith('/digest'))
  const hash = made.split('/').at(-2) ?? ''
  const other = 'f'.repeat(32)
  const cache = { ...run.cache, [`olm/demo-index:${other}`]: buildImage({ seed: 'another making' }) }
  const digest = cache[`olm/demo-index:${other}`]?.manifest.digest.slice(7) ?? ''
  const workingDir = { ...run.workingDir, [made.replace(hash, other)]: digest }
  const { images } = await namesIn(temporaryFolder(t), { cache, workingDir })
  const published = run.published.get('olm/demo-index:v1')?.manifest.digest
  assert.deepEqual(
    images.flatMap(image => (image.repository === 'olm/demo-index' ? [`${image.tag} ${image.digest}`] : [])),
    [`v1 ${published}`],
  )
  const pinned = Object.keys(workingDir).find(name => name.startsWith('isc_pinned')) ?? ''
  const changed = { ...workingDir, [pinned]: String(workingDir[pinned]).replace('"stable"', '"fast"') }
  const unsure = await namesIn(temporaryFolder(t), { cache, workingDir: changed })
  assert.ok(!unsure.images.some(image => image.repository === 'olm/demo-index'))
  assert.match(unsure.problems.join(), /olm\/demo-index:v1 is left out: several catalogs were made of it/)
})

test('an index that was stored with a choice of platforms keeps to it, one that lacks a child does not', async t => {
  const multi = buildMultiArch({ seed: 'multi', platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] })
  const [, arm] = multi.children
  const digest = arm?.manifest.digest ?? multi.manifest.digest
  const isOfArm = (name: string) => name.includes(digest.slice(7))
  const files = [...storageFiles({ 'acme/multi:v1': multi })]
  const platformsIn = async (left: typeof files): Promise<readonly string[]> => {
    const folder = temporaryFolder(t)
    writeDiskFiles(folder, new Map(left))
    const { images } = await nameStored([await openStoredImages(folder, SIGNAL)], SIGNAL)
    return images.flatMap(({ platforms }) => platforms.map(formatPlatform))
  }
  assert.deepEqual(await platformsIn(files), [])
  const chosen = files.filter(([name]) => !isOfArm(name))
  assert.deepEqual(await platformsIn(chosen), ['linux/amd64', 'linux/s390x'])
  const carriedBefore = files.filter(([name]) => !(isOfArm(name) && name.endsWith('/data')))
  assert.deepEqual(await platformsIn(carriedBefore), [])
})

test('what nothing is written down about is called by its place on the disk, releases by their names', async t => {
  const folder = temporaryFolder(t)
  const image = buildImage()
  const names = [
    'acme/app:v1',
    'openshift/release:4.16.2-x86_64',
    'openshift/release:4.16.2-x86_64-cli',
    'acme/bare',
  ]
  writeDiskFiles(folder, mirrorFolderFiles(Object.fromEntries(names.map(name => [name, image]))))
  const { images } = await nameStored([await openStoredImages(folder, SIGNAL)], SIGNAL)
  const release = { kind: 'release', version: '4.16.2', architecture: 'x86_64', channels: [] }
  const byDigest = `sha256-${(image.manifest.digest satisfies Digest).slice(7)}`
  assert.deepEqual(
    images.map(({ source, tag, origins }) => [formatSource(source), tag, origins[0]]),
    [
      [`oci:${folder}/acme/app:v1`, 'v1', { kind: 'additionalImage', name: 'acme/app:v1' }],
      [
        `oci:${folder}/acme/bare:${byDigest}`,
        byDigest,
        { kind: 'additionalImage', name: `acme/bare:${byDigest}` },
      ],
      [`oci:${folder}/openshift/release:4.16.2-x86_64`, '4.16.2-x86_64', release],
      [
        `oci:${folder}/openshift/release:4.16.2-x86_64-cli`,
        '4.16.2-x86_64-cli',
        { ...release, component: 'cli' },
      ],
    ],
  )
})
