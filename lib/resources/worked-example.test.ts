/** The worked example of oc-mirror v2's behaviour, file by file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workedExample } from '../../testdata/mirror-states.ts'
import { placeRepository } from '../graph/naming.ts'
import { parseRepositoryPath } from '../oci/reference.ts'
import { makeResources } from './index.ts'

const { files } = makeResources(workedExample(), { maxNestedPaths: 0, icsp: false, templates: [] })
const texts: Readonly<Record<string, string>> = Object.fromEntries(
  files.map(({ path, text }) => [path, text.replace(/^# Made by mirrorform .*\n/, '')]),
)

test('the worked example gives the files that oc-mirror v2 writes', () => {
  assert.deepEqual(Object.keys(texts), [
    'cc-demo-index-v1.yaml',
    'cs-demo-index-v1.yaml',
    'idms-oc-mirror.yaml',
    'install-config/imageDigestSources.yaml',
    'itms-oc-mirror.yaml',
    'nodes/containerd/certs.d/quay.io/hosts.toml',
    'nodes/containerd/certs.d/registry.example.com/hosts.toml',
    'nodes/containerd/certs.d/registry.redhat.io/hosts.toml',
    'nodes/rancher/registries.yaml',
    'nodes/registries.conf.d/mirrorform.conf',
    'signature-configmap.json',
    'signature-configmap.yaml',
  ])
  assert.equal(
    texts['idms-oc-mirror.yaml'],
    `---
apiVersion: config.openshift.io/v1
kind: ImageDigestMirrorSet
metadata:
  name: idms-operator-0
spec:
  imageDigestMirrors:
  - mirrors:
    - reg.lan/ns/acme
    source: quay.io/acme
  - mirrors:
    - reg.lan/ns/acme
    source: registry.example.com/acme
---
apiVersion: config.openshift.io/v1
kind: ImageDigestMirrorSet
metadata:
  name: idms-release-0
spec:
  imageDigestMirrors:
  - mirrors:
    - reg.lan/ns/openshift/release-images
    source: quay.io/openshift-release-dev/ocp-release
  - mirrors:
    - reg.lan/ns/openshift/release
    source: quay.io/openshift-release-dev/ocp-v4.0-art-dev
`,
  )
  assert.equal(
    texts['itms-oc-mirror.yaml'],
    `---
apiVersion: config.openshift.io/v1
kind: ImageTagMirrorSet
metadata:
  name: itms-generic-0
spec:
  imageTagMirrors:
  - mirrors:
    - reg.lan/ns/ubi8
    source: registry.redhat.io/ubi8
---
apiVersion: config.openshift.io/v1
kind: ImageTagMirrorSet
metadata:
  name: itms-operator-0
spec:
  imageTagMirrors:
  - mirrors:
    - reg.lan/ns/acme
    source: quay.io/acme
---
apiVersion: config.openshift.io/v1
kind: ImageTagMirrorSet
metadata:
  name: itms-release-0
spec:
  imageTagMirrors:
  - mirrors:
    - reg.lan/ns/openshift/release-images
    source: quay.io/openshift-release-dev/ocp-release
`,
  )
  assert.equal(
    texts['cs-demo-index-v1.yaml'],
    `---
apiVersion: operators.coreos.com/v1alpha1
kind: CatalogSource
metadata:
  name: cs-demo-index-v1
  namespace: openshift-marketplace
spec:
  image: reg.lan/ns/olm/demo-index:v1
  sourceType: grpc
`,
  )
  assert.equal(
    texts['cc-demo-index-v1.yaml'],
    `---
apiVersion: olm.operatorframework.io/v1
kind: ClusterCatalog
metadata:
  name: cc-demo-index-v1
spec:
  priority: 0
  source:
    image:
      ref: reg.lan/ns/olm/demo-index:v1
    type: Image
`,
  )
  const key = `sha256-${'a'.repeat(64)}-1`
  const signature = Buffer.from('signature of 4.16.2').toString('base64')
  assert.equal(
    texts['signature-configmap.yaml'],
    `---
apiVersion: v1
binaryData:
  ${key}: ${signature}
kind: ConfigMap
metadata:
  labels:
    release.openshift.io/verification-signatures: ""
  name: mirrored-release-signatures
  namespace: openshift-config-managed
`,
  )
  assert.deepEqual(JSON.parse(texts['signature-configmap.json'] ?? ''), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'mirrored-release-signatures',
      namespace: 'openshift-config-managed',
      labels: { 'release.openshift.io/verification-signatures': '' },
    },
    binaryData: { [key]: signature },
  })
})

test('with --max-nested-paths 2 every entry is for one repository, and catalogs are called by their folded path', () => {
  const { target, images } = workedExample()
  const folded = images.map(image => {
    const below = parseRepositoryPath(image.destination.repository.slice('ns/'.length))
    return { ...image, destination: { ...image.destination, repository: placeRepository(target, below, 2) } }
  })
  const made = makeResources({ target, images: folded }, { maxNestedPaths: 2, icsp: false, templates: [] })
  const pairs = made.files
    .flatMap(({ objects }) => objects)
    .flatMap(({ metadata, spec }) =>
      Object.values(spec ?? {}).flatMap((entries: unknown) =>
        Array.isArray(entries)
          ? entries.map(({ source, mirrors }) => `${metadata.name}: ${source} -> ${mirrors.join(', ')}`)
          : [],
      ),
    )
  assert.deepEqual(pairs, [
    'idms-operator-0: quay.io/acme/proxy -> reg.lan/ns/acme-proxy',
    'idms-operator-0: registry.example.com/acme/widget -> reg.lan/ns/acme-widget',
    'idms-operator-0: registry.example.com/acme/widget-bundle -> reg.lan/ns/acme-widget-bundle',
    'idms-release-0: quay.io/openshift-release-dev/ocp-release -> reg.lan/ns/openshift-release-images',
    'idms-release-0: quay.io/openshift-release-dev/ocp-v4.0-art-dev -> reg.lan/ns/openshift-release',
    'itms-generic-0: registry.redhat.io/ubi8/ubi -> reg.lan/ns/ubi8-ubi',
    'itms-operator-0: quay.io/acme/proxy -> reg.lan/ns/acme-proxy',
    'itms-release-0: quay.io/openshift-release-dev/ocp-release -> reg.lan/ns/openshift-release-images',
  ])
  const paths = made.files.map(({ path }) => path)
  assert.ok(paths.includes('cs-olm-demo-index-v1.yaml') && paths.includes('cc-olm-demo-index-v1.yaml'))
})
