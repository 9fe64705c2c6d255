import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { formatSource } from '../../lib/graph/naming.ts'
import { buildImage } from '../../testdata/images.ts'
import { layoutFiles, writeDiskFiles } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { nameStored, openStoredImages } from './index.ts'
import { assertReadsBack, SIGNAL } from './testing/read-back.ts'

const IMAGE = buildImage()
const REF_NAME = 'org.opencontainers.image.ref.name'

test('entries of a layout are images by whatever name a tool gave them', async t => {
  const folder = path.join(temporaryFolder(t), 'My Layout')
  const files = new Map(layoutFiles({ 'acme/app:v1': IMAGE }))
  const { mediaType, digest, bytes } = IMAGE.manifest
  const names = ['acme/app:v1', 'quay.io/acme/tool:2', 'localhost/acme/own:1', 'latest', 'A name: of its own']
  const manifests = names.map(name => {
    return { mediaType, digest, size: bytes.length, annotations: { [REF_NAME]: name } }
  })
  writeDiskFiles(folder, files.set('index.json', JSON.stringify({ schemaVersion: 2, manifests })))
  const stored = await openStoredImages(folder, SIGNAL)
  assert.deepEqual(
    (await stored.list(SIGNAL)).images.map(({ repository, tag, origin }) => [`${repository}:${tag}`, origin]),
    [
      ['acme/app:v1', undefined],
      ['acme/own:1', 'localhost/acme/own:1'],
      ['acme/tool:2', 'quay.io/acme/tool:2'],
      ['my-layout:latest', undefined],
    ],
  )
  await assertReadsBack(stored, 'my-layout:latest', IMAGE)
  const { images } = await nameStored([stored], SIGNAL)
  const sources = images.map(({ source }) => formatSource(source))
  assert.deepEqual(sources, [
    `oci:${folder}/acme/app:v1`,
    'localhost/acme/own:1',
    'quay.io/acme/tool:2',
    `oci:${folder}/my-layout:latest`,
  ])
})
