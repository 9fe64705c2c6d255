/** The folder of manifests of a mirrored catalog, against what oc writes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { ResourceError } from '../errors.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../oci/reference.ts'
import type { Destination } from '../target.ts'
import { type CatalogManifests, catalogManifests } from './catalog-manifests.ts'

const DIGEST = `sha256:db563baa8194fcfe39d1df744ed70024b0f1f9e9b55b5923c2f3a413c44dc6b8`

function place(repository: string, tag: string): Destination {
  return { repository: parseRepositoryPath(repository), tag: parseTag(tag) }
}

const CATALOG: CatalogManifests = {
  name: 'image',
  host: 'localhost:5000',
  index: place('example/image', 'tag'),
  images: [
    { source: parseReference('quay.io/example/image:tag'), destination: place('example/image', 'tag') },
    {
      source: parseReference(`quay.io/coreos/etcd-operator@${DIGEST}`),
      destination: place('coreos/etcd-operator', 'b56e2636'),
    },
  ],
  scopes: { icsp: 'repository', idms: 'repository' },
  sizes: { icsp: 250_000, idms: 250_000 },
}

function textOf(name: string, catalog: Partial<CatalogManifests> = {}): string {
  return catalogManifests({ ...CATALOG, ...catalog }).find(file => file.name === name)?.text ?? ''
}

describe('manifests of a catalog', () => {
  it('map every image to its tag at the mirror, sorted', () => {
    assert.equal(
      textOf('mapping.txt'),
      `quay.io/coreos/etcd-operator@${DIGEST}=localhost:5000/coreos/etcd-operator:b56e2636
quay.io/example/image:tag=localhost:5000/example/image:tag
`,
    )
  })

  it('have a policy for what is named by digest', () => {
    assert.equal(
      textOf('imageContentSourcePolicy.yaml'),
      `---
apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  labels:
    operators.openshift.org/catalog: "true"
  name: image-0
spec:
  repositoryDigestMirrors:
  - mirrors:
    - localhost:5000/coreos/etcd-operator
    source: quay.io/coreos/etcd-operator
`,
    )
    assert.match(
      textOf('imageDigestMirrorSet.yaml'),
      /kind: ImageDigestMirrorSet\n[\s\S]*\n {2}imageDigestMirrors:\n/,
    )
  })

  it('have a CatalogSource whose name Kubernetes takes, also for a catalog that lay on a disk', () => {
    assert.equal(
      textOf('catalogSource.yaml', { name: 'index/example/image' }),
      `apiVersion: operators.coreos.com/v1alpha1
kind: CatalogSource
metadata:
  name: index-example-image
  namespace: openshift-marketplace
spec:
  image: localhost:5000/example/image:tag
  sourceType: grpc
`,
    )
  })

  it('name whole registries where that is asked for', () => {
    assert.match(
      textOf('imageContentSourcePolicy.yaml', { scopes: { icsp: 'registry', idms: 'repository' } }),
      /mirrors:\n {4}- localhost:5000\n {4}source: quay\.io\n/,
    )
  })

  it('are several policies where one would be too large, and an error where one entry is', () => {
    const images = ['a', 'b', 'c'].map(name => ({
      source: parseReference(`quay.io/acme/${name}@${DIGEST}`),
      destination: place(`acme/${name}`, 'x'),
    }))
    const text = textOf('imageContentSourcePolicy.yaml', { images, sizes: { icsp: 300, idms: 300 } })
    const documents = parseAllDocuments(text).map(each => each.toJS())
    assert.deepEqual(
      documents.map(({ metadata }) => metadata.name),
      ['image-0', 'image-1', 'image-2'],
    )
    assert.throws(() => textOf('mapping.txt', { images, sizes: { icsp: 100, idms: 300 } }), ResourceError)
  })

  it('are the mapping alone for a folder, which no cluster pulls from', () => {
    const files = catalogManifests({ ...CATALOG, host: undefined })
    assert.deepEqual(
      files.map(({ name }) => name),
      ['mapping.txt'],
    )
    assert.match(files[0]?.text ?? '', /=file:\/\/example\/image:tag\n/)
  })
})
