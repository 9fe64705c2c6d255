/**
 * The workspace that oc-mirror v2 leaves behind after one release, one filtered catalog and one additional image: the
 * worked example of its specification, with clusters that look at reg.lan/ns.
 */
import { type Digest, digestOf } from '../lib/oci/digest.ts'

export const PAYLOAD: Digest = digestOf('payload')
export const COMPONENT: Digest = digestOf('component')
export const CATALOG: Digest = digestOf('catalog')
export const FILTERED: Digest = digestOf('filtered catalog')
export const BUNDLE: Digest = digestOf('bundle')
export const OPERAND: Digest = digestOf('operand')
export const PROXY: Digest = digestOf('proxy')

const FILTER = '0709c086a530f93e6339d5feb4527104'
const CATALOG_FOLDER = `operator-catalogs/demo-index/${CATALOG.slice(7)}`
const RELEASE_FOLDER = 'hold-release/ocp-release/4.16.2-x86_64/release-manifests'

/** Files named without `working-dir/`. */
export const WORKSPACE_FILES: Readonly<Record<string, string>> = {
  [`signatures/4.16.2-x86_64-sha256-${PAYLOAD.slice(7)}`]: 'signed',
  [`${RELEASE_FOLDER}/image-references`]: JSON.stringify({
    kind: 'ImageStream',
    metadata: { name: '4.16.2' },
    spec: { tags: ['cli', 'tools'].map(component) },
  }),
  [`${RELEASE_FOLDER}/release-metadata`]: '{}',
  'hold-release/cincinnati-graph-data/amd64-stable-4.16.json': '{"nodes":[],"edges":[]}',
  'release-images/ocp-release/4.16.2-x86_64/index.json': '{}',
  [`${CATALOG_FOLDER}/catalog-config/configs/gadget/catalog.json`]: 'what was not chosen is not read',
  [`${CATALOG_FOLDER}/filtered-catalogs/${FILTER}/digest`]: FILTERED.slice(7),
  [`${CATALOG_FOLDER}/filtered-catalogs/${FILTER}/catalog-config/widget/catalog.json`]: [
    { schema: 'olm.package', name: 'widget', defaultChannel: 'stable' },
    { schema: 'olm.channel', package: 'widget', name: 'stable', entries: [{ name: 'widget.v2.0.0' }] },
    {
      schema: 'olm.bundle',
      package: 'widget',
      name: 'widget.v2.0.0',
      image: `registry.example.com/acme/widget-bundle@${BUNDLE}`,
      properties: [{ type: 'olm.package', value: { packageName: 'widget', version: '2.0.0' } }],
      relatedImages: [
        { name: '', image: `registry.example.com/acme/widget-bundle@${BUNDLE}` },
        { name: 'widget', image: `registry.example.com/acme/widget@${OPERAND}` },
        { name: 'proxy', image: `quay.io/acme/proxy:1.2@${PROXY}` },
      ],
    },
  ]
    .map(document => JSON.stringify(document))
    .join('\n'),
  'isc_pinned_2026-01-02T03:04:05Z.yaml': `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  operators:
    - catalog: registry.example.com/olm/demo-index@${CATALOG}
      targetTag: v1
      packages: [{name: widget}]
  additionalImages:
    - name: registry.redhat.io/ubi8/ubi:latest
    - name: oci:///srv/layout
    - name: registry.unknown.example/x/y:1
`,
  'disc_pinned_2026-01-02T03:04:05Z.yaml': 'kind: DeleteImageSetConfiguration\n',
  'logs/oc-mirror-20260102_030405.log': 'done\n',
  'cluster-resources/idms-oc-mirror.yaml': [
    mirrorSet('ImageDigestMirrorSet', 'release', [
      ['quay.io/openshift-release-dev/ocp-v4.0-art-dev', 'reg.lan/ns/openshift/release'],
      ['quay.io/openshift-release-dev/ocp-release', 'reg.lan/ns/openshift/release-images'],
    ]),
    mirrorSet('ImageDigestMirrorSet', 'operator', [
      ['registry.example.com/acme', 'reg.lan/ns/acme'],
      ['quay.io/acme', 'reg.lan/ns/acme'],
    ]),
  ].join(''),
  'cluster-resources/itms-oc-mirror.yaml': mirrorSet('ImageTagMirrorSet', 'generic', [
    ['registry.redhat.io/ubi8', 'reg.lan/ns/ubi8'],
  ]),
  'cluster-resources/cs-demo-index-v1.yaml':
    'kind: CatalogSource\nspec:\n  image: reg.lan/ns/olm/demo-index:v1\n  sourceType: grpc\n',
  'cluster-resources/cc-demo-index-v1.yaml':
    'kind: ClusterCatalog\nspec:\n  source:\n    image:\n      ref: reg.lan/ns/olm/demo-index:v1\n    type: Image\n',
  'cluster-resources/updateService.yaml':
    'kind: UpdateService\nspec:\n  graphDataImage: reg.lan/ns/openshift/graph-image:latest\n',
}

function component(name: string): unknown {
  const image = `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${COMPONENT}`
  return { name, from: { kind: 'DockerImage', name: image } }
}

function mirrorSet(
  kind: 'ImageDigestMirrorSet' | 'ImageTagMirrorSet',
  name: string,
  rules: readonly (readonly [string, string])[],
): string {
  const entries = rules.map(([source, mirror]) => `  - mirrors:\n    - ${mirror}\n    source: ${source}\n`)
  const [key, prefix] =
    kind === 'ImageDigestMirrorSet' ? ['imageDigestMirrors', 'idms'] : ['imageTagMirrors', 'itms']
  return `---\nkind: ${kind}\nmetadata:\n  name: ${prefix}-${name}-0\nspec:\n  ${key}:\n${entries.join('')}status: {}\n`
}
