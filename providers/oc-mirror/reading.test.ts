import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { referrersTag } from '../../lib/oci/attachment-tags.ts'
import { digestTag, parseReference, parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import {
  type Built,
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../testdata/images.ts'
import {
  layoutFiles,
  mirrorFolderFiles,
  type StoredSet,
  storageFiles,
  v1ArchiveFiles,
  writeDiskFiles,
  writeTar,
  writeV2Archive,
} from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openStoredImages, type StoredKind, storedSources } from './index.ts'
import { assertReadsBack, SIGNAL } from './testing/read-back.ts'

const APP = buildImage({ seed: 'app' })
const MULTI = buildMultiArch({ seed: 'multi', mediaTypes: 'docker' })
const SIGNED = buildArtifact({
  artifactType: 'application/x.sbom',
  subject: APP,
  blobs: [Buffer.from('an sbom')],
})
const IMAGES: StoredSet = {
  'acme/app:v1': APP,
  'acme/app:stable': APP,
  'acme/app/tools:latest': MULTI,
  'one:1': buildImage({ seed: 'one' }),
}

/** Every layout, written into a folder by what writes it. */
const LAYOUTS: Readonly<Record<StoredKind, (folder: string, images: StoredSet) => unknown>> = {
  'oc-mirror-v2': (folder, images) => writeV2Archive(folder, images, { limit: 4000 }),
  'oc-mirror-v1': (folder, images) =>
    writeTar(path.join(folder, 'mirror_seq1_000000.tar'), v1ArchiveFiles(images)),
  'registry-storage': (folder, images) => writeDiskFiles(folder, storageFiles(images)),
  'image-mirror': (folder, images) => writeDiskFiles(folder, mirrorFolderFiles(images)),
  'oci-layout': (folder, images) => writeDiskFiles(folder, layoutFiles(images)),
}
const KINDS = Object.keys(LAYOUTS) as StoredKind[]

async function stored(folder: string, kind: StoredKind, images: StoredSet) {
  await LAYOUTS[kind](folder, images)
  const opened = await openStoredImages(folder, SIGNAL)
  assert.equal(opened.kind, kind)
  return opened
}

for (const kind of KINDS) {
  test(`images in a folder of the kind ${kind} are listed and read back`, async t => {
    const opened = await stored(temporaryFolder(t), kind, IMAGES)
    assert.deepEqual(opened.problems, [])
    const { images, problems } = await opened.list(SIGNAL)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      images.map(({ repository, tag, digest }) => [`${repository}:${tag}`, digest]),
      ['acme/app:stable', 'acme/app:v1', 'acme/app/tools:latest', 'one:1'].map(name => [
        name,
        IMAGES[name]?.manifest.digest,
      ]),
    )
    for (const [name, image] of Object.entries(IMAGES)) await assertReadsBack(opened, name, image)
    for (const image of images)
      assert.deepEqual(await opened.missing(image, SIGNAL), { manifests: [], blobs: [] })
  })

  test(`in a folder of the kind ${kind} what is not there is not found, and tags are listed`, async t => {
    const opened = await stored(temporaryFolder(t), kind, IMAGES)
    const reader = opened.repository(parseRepositoryPath('acme/app'))
    assert.deepEqual(await reader.tags(SIGNAL), { tags: ['stable', 'v1'], complete: true })
    assert.deepEqual(await reader.tags(SIGNAL, 1), { tags: ['stable'], complete: false })
    assert.equal(await reader.resolve(parseTag('v9'), SIGNAL), undefined)
    const absent = buildImage({ seed: 'nowhere' }).manifest.digest
    assert.equal(await reader.resolve(absent, SIGNAL), undefined)
    await assert.rejects(reader.manifest(absent, SIGNAL), {
      status: 404,
      message: /is missing from acme\/app in/,
    })
    assert.equal(await opened.repository(parseRepositoryPath('no/such')).tags(SIGNAL), undefined)
  })

  test(`in a folder of the kind ${kind} a referrer is found by its subject and is no image of its own`, async t => {
    const sbom = kind === 'oc-mirror-v1' ? 'acme/app:an-sbom' : 'acme/app'
    const opened = await stored(temporaryFolder(t), kind, { 'acme/app:v1': APP, [sbom]: SIGNED })
    const reader = opened.repository(parseRepositoryPath('acme/app'))
    const found = await reader.referrers(APP.manifest.digest, SIGNAL)
    assert.deepEqual(
      found?.map(({ digest, artifactType }) => [digest, artifactType]),
      [[SIGNED.manifest.digest, 'application/x.sbom']],
    )
    const { images } = await opened.list(SIGNAL)
    assert.equal(images.length, kind === 'oc-mirror-v1' ? 2 : 1)
  })
}

test('an image stored by its digest alone is listed without a tag, its children are not', async t => {
  for (const kind of ['registry-storage', 'image-mirror'] as const) {
    const opened = await stored(path.join(temporaryFolder(t), kind), kind, {
      'acme/app': MULTI,
      'acme/app:v1': APP,
    })
    const { images } = await opened.list(SIGNAL)
    assert.deepEqual(
      images.map(({ tag, digest }) => [tag, digest]),
      [
        ['v1', APP.manifest.digest],
        [undefined, MULTI.manifest.digest],
      ],
    )
  }
})

test('signatures and lists of referrers are tags and no images, an image called by its digest is one', async t => {
  const { digest } = APP.manifest
  const signature = buildCosignSignature(digest)
  const byDigest = digestTag(MULTI.manifest.digest)
  const opened = await stored(temporaryFolder(t), 'oc-mirror-v2', {
    'acme/app:v1': APP,
    [`acme/app:${signature.tag}`]: signature,
    [`acme/app:${referrersTag(digest)}`]: buildIndex([SIGNED]),
    [`acme/app:${byDigest}`]: MULTI,
    [`acme/lost:${signature.tag}`]: signature,
  })
  const { images } = await opened.list(SIGNAL)
  assert.deepEqual(
    images.map(({ repository, tag }) => `${repository}:${tag}`),
    [`acme/app:${byDigest}`, 'acme/app:v1', `acme/lost:${signature.tag}`],
  )
  const tags = await opened.repository(parseRepositoryPath('acme/app')).tags(SIGNAL)
  assert.equal(tags?.tags.length, 4)
})

test('stored images are found by the references they were copied from, releases under their own names', async t => {
  const opened = await stored(temporaryFolder(t), 'oc-mirror-v2', {
    'openshift/release-images:4.16.2-x86_64': APP,
    'openshift/release:4.16.2-x86_64-cli': MULTI,
    'ubi8/ubi:latest': IMAGES['one:1'] ?? APP,
  })
  const sources = storedSources([opened])
  const { digest } = MULTI.manifest
  for (const [text, image] of [
    ['quay.io/openshift-release-dev/ocp-release:4.16.2-x86_64', APP],
    [`quay.io/openshift-release-dev/ocp-v4.0-art-dev@${digest}`, MULTI],
    ['registry.redhat.io/ubi8/ubi:latest', IMAGES['one:1']],
  ] as const) {
    const reference = parseReference(text)
    const reader = sources.open({ kind: 'registry', reference })
    const asked = reference.digest ?? reference.tag ?? digest
    assert.equal((await reader.resolve(asked, SIGNAL))?.digest, image?.manifest.digest, text)
  }
  const tag = parseTag('latest')
  const layout = sources.open({ kind: 'layout', folder: '/ubi8/ubi', tag })
  assert.equal((await layout.resolve(tag, SIGNAL))?.digest, IMAGES['one:1']?.manifest.digest)
})

test('whatever was stored reads back byte for byte, in every layout and however an archive is split', async t => {
  const repository = fc.stringMatching(/^[a-z0-9]{1,4}(\/[a-z0-9]{1,8}){0,3}$/)
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)
  const image = fc
    .record({ seed: fc.nat(5), multi: fc.boolean(), docker: fc.boolean() })
    .map(({ seed, multi, docker }): Built => {
      const options = { seed, mediaTypes: docker ? ('docker' as const) : ('oci' as const) }
      return multi ? buildMultiArch(options) : buildImage(options)
    })
  const named = fc.tuple(repository, tag, image)
  const root = temporaryFolder(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(named, { minLength: 1, maxLength: 4, selector: ([path, name]) => `${path}:${name}` }),
      fc.constantFrom(...KINDS),
      async (entries, kind) => {
        const images = Object.fromEntries(entries.map(([path, name, built]) => [`${path}:${name}`, built]))
        run += 1
        const opened = await stored(path.join(root, String(run)), kind, images)
        const listed = (await opened.list(SIGNAL)).images.map(each => `${each.repository}:${each.tag}`)
        assert.deepEqual(listed.toSorted(), Object.keys(images).toSorted())
        for (const [name, built] of Object.entries(images)) await assertReadsBack(opened, name, built)
      },
    ),
    { numRuns: 60 },
  )
})
