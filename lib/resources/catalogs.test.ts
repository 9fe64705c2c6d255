import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalog, held, mirrorOf, plainDigest, type SampleMirror } from '../../testdata/mirror-states.ts'
import { ResourceError } from '../errors.ts'
import { parseRepositoryPath } from '../oci/reference.ts'
import { type CatalogTemplate, makeResources, parseCatalogSourceTemplate, type Resources } from './index.ts'

const INDEX = 'registry.redhat.io/redhat/redhat-operator-index:v4.15'
const SOURCE = `registry.redhat.io/redhat/redhat-operator-index@${plainDigest('1')}`

function resourcesOf(mirror: SampleMirror, templates: readonly CatalogTemplate[] = []): Resources {
  return makeResources(mirror, { maxNestedPaths: 0, icsp: false, templates })
}

function mirrored(destination: string, name = INDEX): SampleMirror {
  return mirrorOf(`docker://${destination.split('/', 1)[0]}`, held(SOURCE, destination, catalog(name)))
}

function template(spec: string, name = INDEX): CatalogTemplate {
  const text = `apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\n${spec}`
  return { catalog: name, object: parseCatalogSourceTemplate('templates/cs.yaml', text) }
}

const NAMES: readonly (readonly [what: string, destination: string, name: string])[] = [
  ['dots become dashes', 'reg.lan/ns/redhat/redhat-operator-index:v4.15', 'redhat-operator-index-v4-15'],
  [
    'of a digest as tag the beginning is taken',
    `reg.lan/ns/redhat/redhat-operator-index:sha256-f30638${'0'.repeat(58)}`,
    'redhat-operator-index-sha256-f3063',
  ],
  [
    'a folded path is the last part',
    'reg.lan/72942-redhat-redhat-operator-index:v4.15',
    '72942-redhat-redhat-operator-index-v4-15',
  ],
  ['capitals of a tag become small', 'reg.lan/ns/index:V4.15_RC1', 'index-v4-15-rc1'],
  ['a name does not end in a dash', 'reg.lan/ns/index:v4.15.0-rc1-x86', 'index-v4-15-0-rc1'],
  ['underscores become dashes', 'reg.lan/ns/my_index:v1', 'my-index-v1'],
]

for (const [what, destination, name] of NAMES)
  test(`names of catalogs: ${what}`, () => {
    const { files } = resourcesOf(mirrored(destination))
    assert.deepEqual(
      files.map(({ path, objects }) => [path, objects[0]?.metadata.name]),
      [
        [`cc-${name}.yaml`, `cc-${name}`],
        [`cs-${name}.yaml`, `cs-${name}`],
      ],
    )
  })

test('two catalogs that would have one name are told apart, and the first keeps its name', () => {
  const mirror = mirrorOf(
    'docker://reg.lan',
    held(SOURCE, 'reg.lan/one/index:v1', catalog('a')),
    held(SOURCE, 'reg.lan/two/index:v1', catalog('b')),
  )
  const names = resourcesOf(mirror).files.map(({ path }) => path)
  assert.equal(names.length, 4)
  assert.equal(names.filter(name => name === 'cs-index-v1.yaml').length, 1)
  assert.equal(names.filter(name => /^cs-index-v1-[0-9a-f]{6}\.yaml$/.test(name)).length, 1)
})

test('a name that Kubernetes would refuse is refused with what to do', () => {
  assert.throws(
    () => resourcesOf(mirrored(`reg.lan/ns/${'x'.repeat(60)}:v1`)),
    (error: unknown) =>
      error instanceof ResourceError &&
      /too long: cs-x+-v1/.test(error.message) &&
      /targetCatalog/.test(error.hint ?? ''),
  )
})

test('a template keeps its spec, labels and annotations, and gets name, namespace, image and kind of source', () => {
  const { files } = resourcesOf(mirrored('reg.lan/ns/redhat/redhat-operator-index:v4.15'), [
    template(`metadata:
  name: theirs
  namespace: elsewhere
  labels: {team: blue}
  annotations: {note: "yes"}
spec:
  image: theirs
  displayName: Mirror of Red Hat
  priority: -200
  updateStrategy:
    registryPoll:
      interval: 30m
`),
  ])
  assert.deepEqual(files.find(({ path }) => path.startsWith('cs-'))?.objects, [
    {
      apiVersion: 'operators.coreos.com/v1alpha1',
      kind: 'CatalogSource',
      metadata: {
        name: 'cs-redhat-operator-index-v4-15',
        namespace: 'openshift-marketplace',
        labels: { team: 'blue' },
        annotations: { note: 'yes' },
      },
      spec: {
        displayName: 'Mirror of Red Hat',
        priority: -200,
        updateStrategy: { registryPoll: { interval: '30m' } },
        image: 'reg.lan/ns/redhat/redhat-operator-index:v4.15',
        sourceType: 'grpc',
      },
    },
  ])
})

test('a template is for the catalog of its own entry, not for one whose name contains it', () => {
  const longer = 'registry.redhat.io/redhat/redhat-operator-index:v4.15-rc'
  const { files, notes } = resourcesOf(mirrored('reg.lan/ns/index:v4.15-rc', longer), [
    template('spec: {displayName: Not for this one}\n'),
  ])
  assert.doesNotMatch(files.map(({ text }) => text).join(''), /displayName/)
  assert.deepEqual(notes, [`The mirror does not hold ${INDEX} yet: its CatalogSource is not made.`])
})

test('of several entries for one catalog, the one that says the place gives the template', () => {
  const mirror = mirrorOf(
    'docker://reg.lan/ns',
    held(SOURCE, 'reg.lan/ns/here/index:v4.15', catalog(INDEX)),
    held(SOURCE, 'reg.lan/ns/there/index:v4.15', catalog(INDEX)),
  )
  const { files } = resourcesOf(mirror, [
    { ...template('spec: {displayName: here}\n'), targetCatalog: parseRepositoryPath('here/index') },
    { ...template('spec: {displayName: there}\n'), targetCatalog: parseRepositoryPath('there/index') },
  ])
  const names = files
    .filter(({ path }) => path.startsWith('cs-'))
    .map(({ objects }) => {
      const spec = objects[0]?.spec
      return JSON.stringify(spec)
    })
  assert.equal(names.filter(text => /"displayName":"here".*ns\/here\//.test(text)).length, 1)
  assert.equal(names.filter(text => /"displayName":"there".*ns\/there\//.test(text)).length, 1)
})

const API = 'apiVersion: operators.coreos.com/v1alpha1'
const BAD: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['is not YAML', 'kind: [', /templates\/cs\.yaml:1:\d+: .*not YAML/],
  ['is empty', '', /templates\/cs\.yaml: .*empty/],
  ['is a list', '- kind: CatalogSource\n', /a list/],
  [
    'is something else',
    `${API}\nkind: ConfigMap\n`,
    /templates\/cs\.yaml:2: .*"ConfigMap", not CatalogSource/,
  ],
  ['has no kind', `${API}\n`, /kind is missing/],
  ['is of another API', 'apiVersion: v1\nkind: CatalogSource\n', /templates\/cs\.yaml:1: .*"v1"/],
  [
    'is not served by an image',
    `${API}\nkind: CatalogSource\nspec:\n  sourceType: configmap\n`,
    /templates\/cs\.yaml:4: .*sourceType/,
  ],
  ['names a ConfigMap', `${API}\nkind: CatalogSource\nspec: {configMap: x}\n`, /configMap/],
  ['has a spec that is text', `${API}\nkind: CatalogSource\nspec: no\n`, /spec is no object/],
  [
    'has a label that Kubernetes refuses',
    `${API}\nkind: CatalogSource\nmetadata: {labels: {team: 'a b'}}\n`,
    /cs\.yaml:3: .*does not take "team" with "a b"/,
  ],
  [
    'has an annotation whose name Kubernetes refuses',
    `${API}\nkind: CatalogSource\nmetadata: {annotations: {'a b': x}}\n`,
    /does not take "a b"/,
  ],
  ['has an alias', `${API}\nkind: CatalogSource\nspec: &a {b: *a}\n`, /has an alias/],
  ['has an alias of nothing', `${API}\nkind: CatalogSource\nspec: {b: *a}\n`, /has an alias/],
  [
    'has an annotation that is no text',
    `${API}\nkind: CatalogSource\nmetadata: {annotations: {a: 1}}\n`,
    /the value of a is no text/,
  ],
]

for (const [what, text, message] of BAD)
  test(`a template that ${what} is refused with its place`, () => {
    assert.throws(
      () => parseCatalogSourceTemplate('templates/cs.yaml', text),
      (error: unknown) =>
        error instanceof ResourceError && message.test(error.message) && error.hint !== undefined,
    )
  })
