/** A whole catalog under the names of `oc adm catalog mirror`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEMO_OPERATORS, sketchCatalog } from '../../../testdata/catalogs.ts'
import { buildMultiArch } from '../../../testdata/images.ts'
import { parseManifest } from '../../oci/manifest.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import { readCatalogFiles } from './catalog/index.ts'
import { chooseIndexChild } from './index-child.ts'
import { fnvTag } from './legacy-names.ts'
import { type CatalogMirrorChoice, mirrorCatalog } from './mirror-catalog.ts'
import type { CatalogBundle, CatalogModel } from './model.ts'

const CHOICE: CatalogMirrorChoice = {
  name: 'quay.io/olm/demo-index:v1',
  source: { kind: 'registry', reference: parseReference('quay.io/olm/demo-index:v1') },
  index: { repository: parseRepositoryPath('olm/demo-index'), tag: parseTag('v1') },
  mountPoint: '',
  maxComponents: 2,
}
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

function catalogOf(...images: readonly string[]): CatalogModel {
  const [image = '', ...related] = images
  const bundle: CatalogBundle = {
    name: 'a.v1.0.0',
    version: '1.0.0',
    image,
    relatedImages: related.map(each => ({ name: '', image: each })),
  }
  const channels = [{ name: 'stable', entries: [{ name: 'a.v1.0.0', skips: [] }] }]
  return { packages: [{ name: 'a', channels, bundles: new Map([['a.v1.0.0', bundle]]), deprecations: [] }] }
}

function placesOf(model: CatalogModel, choice: Partial<CatalogMirrorChoice> = {}): readonly string[] {
  const { images } = mirrorCatalog(model, { ...CHOICE, ...choice })
  return images.map(({ repository, tag }) => `${repository}:${tag}`)
}

describe('a mirrored catalog', () => {
  it('has itself and every image of every bundle, each once, whatever channel names it', () => {
    const content = sketchCatalog(DEMO_OPERATORS)
    const files = Object.entries(content.files).map(([file, text]) => [file, Buffer.from(text)] as const)
    const { model } = readCatalogFiles(new Map(files), 'demo')
    const { images, named, incomplete } = mirrorCatalog(model, CHOICE)
    assert.equal(images.length, content.images.size + 1)
    assert.equal(named.length, content.images.size)
    assert.deepEqual(images[0]?.origins, [{ kind: 'catalog', catalog: CHOICE.name }])
    assert.deepEqual(incomplete, [])
  })

  it('names images by digest with a hash of the reference, and folds paths', () => {
    const bundle = `registry.redhat.io/openshift4/ose-kube-rbac-proxy@${DIGEST}`
    const texts = [bundle, 'quay.io/acme/deep/er/app:1.0', 'ubuntu']
    assert.deepEqual(placesOf(catalogOf(...texts)).slice(1), [
      'openshift4/ose-kube-rbac-proxy:efcf635e',
      'acme/deep-er-app:1.0',
      'library/ubuntu:latest',
    ])
    assert.deepEqual(
      placesOf(catalogOf(...texts), { mountPoint: 'org', maxComponents: 0 })[2],
      'org/acme/deep/er/app:1.0',
    )
  })

  it('says for each image which bundle of which channels needs it', () => {
    const { images } = mirrorCatalog(catalogOf('quay.io/a/b:1'), CHOICE)
    assert.deepEqual(images[1]?.origins, [
      { kind: 'bundle', catalog: CHOICE.name, package: 'a', bundle: 'a.v1.0.0', channels: ['stable'] },
    ])
  })

  it('keeps images apart that would meet at one tag, and every name of an image with its place', () => {
    const other = `sha256:${'f'.repeat(64)}`
    const texts = [`quay.io/a/b:1@${DIGEST}`, `quay.io/a/b:1@${other}`]
    const { named } = mirrorCatalog(catalogOf(...texts), CHOICE)
    assert.deepEqual(
      named.map(({ source, tag }) => [source.digest, tag]),
      [
        [DIGEST, DIGEST.replace(':', '-')],
        [other, '1'],
      ],
    )
  })

  it('names what no registry could be asked for, with its bundle', () => {
    const { images, incomplete } = mirrorCatalog(catalogOf('quay.io/a/b:1', 'quay.io/A B'), CHOICE)
    assert.equal(images.length, 2)
    assert.deepEqual(
      incomplete.map(({ bundle, missing }) => [bundle, missing.map(({ image }) => image)]),
      [['a.v1.0.0', ['quay.io/A B']]],
    )
  })

  it('tags by the reference as it is written', () => {
    const short = `acme/app@${DIGEST}`
    assert.deepEqual(placesOf(catalogOf(short)).slice(1), [`acme/app:${fnvTag(short)}`])
    assert.notEqual(fnvTag(short), fnvTag(`docker.io/${short}`))
  })
})

describe('the image of an index that is read', () => {
  const index = buildMultiArch({ seed: 'catalog', platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] })
  const { digest } = index.manifest
  const asked = { manifest: parseManifest(index.manifest, 'index'), digest, name: 'quay.io/olm/demo:v1' }
  const children = new Map(
    asked.manifest.kind === 'index'
      ? asked.manifest.manifests.map(child => [child.platform?.architecture, child.digest])
      : [],
  )

  it('is the one that fits the filter, anywhere in the platform', () => {
    assert.equal(chooseIndexChild(asked, /arm64/), children.get('arm64'))
    assert.equal(chooseIndexChild(asked, /^linux\/s390x$/), children.get('s390x'))
  })

  it('is linux/amd64 where several fit, as all have the same content', () => {
    assert.equal(chooseIndexChild(asked, /.*/), children.get('amd64'))
  })

  it('is asked for again, with a list of what there is, where none fits', () => {
    assert.throws(() => chooseIndexChild(asked, /windows/), /none fits windows\n {2}linux\/amd64 {2}sha256:/)
    assert.throws(() => chooseIndexChild(asked, /windows\/arm/), /none fits windows\/arm\n/)
  })
})
