/** An image set of oc-mirror v1 rewritten for v2: what changes, what is said about it, and that nothing else does. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError, type ImageSet, migrateImageSet, parseImageSet } from '../index.ts'

const HEAD = 'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v1alpha2\n'
const HEX = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)

function migrate(body: string) {
  const { text, changes } = migrateImageSet({ path: 'v1.yaml', text: HEAD + body })
  return { text, changes, imageSet: parseImageSet({ path: 'v2.yaml', text }) }
}

/** The text without what is said about changes. */
function silent(text: string): string {
  return text.replace(/^ *# (?:migrated:| ).*\n/gm, '')
}

const operators = (fields: string) => `mirror:\n  operators:\n  - ${fields.replaceAll('\n', '\n    ')}\n`

/** What is written, and what it becomes, without its comments. */
const ROWS: readonly (readonly [sentence: string, before: string, after: string])[] = [
  ['storageConfig is gone', 'storageConfig:\n  local: {path: ./x}\nmirror: {}\n', 'mirror: {}\n'],
  [
    'storageConfig is gone from the end',
    'mirror: {}\nstorageConfig:\n  registry:\n    imageURL: r.io/x\n',
    'mirror: {}\n',
  ],
  ['a mirror is there, also where v1 had none', '', 'mirror: {}\n'],
  [
    'targetName is a whole path',
    operators('catalog: r.io/ns/foo:v1\ntargetName: bar # ours'),
    operators('catalog: r.io/ns/foo:v1\ntargetCatalog: ns/bar # ours'),
  ],
  [
    'targetName with the name of the source goes',
    operators('catalog: r.io/ns/foo:v1\ntargetName: foo'),
    operators('catalog: r.io/ns/foo:v1'),
  ],
  [
    'targetName beside targetCatalog goes',
    operators('targetName: bar\ncatalog: r.io/ns/foo:v1\ntargetCatalog: a/b'),
    operators('catalog: r.io/ns/foo:v1\ntargetCatalog: a/b'),
  ],
  [
    'a folder keeps its name',
    operators('catalog: oci:///srv/cat'),
    operators('catalog: oci:///srv/cat\ntargetCatalog: srv/cat'),
  ],
  [
    'a catalog is written with registry and tag',
    operators('catalog: ns/foo'),
    operators('catalog: docker.io/ns/foo:latest'),
  ],
  ['originalRef goes', operators('catalog: r.io/a:v1\noriginalRef: x'), operators('catalog: r.io/a:v1')],
  [
    'minBundle is its version',
    operators('catalog: r.io/a:v1\npackages:\n- name: web\n  minBundle: web.v1.9.0-2'),
    operators('catalog: r.io/a:v1\npackages:\n- name: web\n  minVersion: 1.9.0-2'),
  ],
  [
    'minBundle without a version goes',
    operators(
      'catalog: r.io/a:v1\npackages:\n- name: web\n  channels:\n  - name: x\n    minBundle: web-nine',
    ),
    operators('catalog: r.io/a:v1\npackages:\n- name: web\n  channels:\n  - name: x'),
  ],
  [
    'minVersion that is no version goes',
    operators('catalog: r.io/a:v1\npackages:\n- name: web\n  minVersion: nine'),
    operators('catalog: r.io/a:v1\npackages:\n- name: web'),
  ],
  [
    'ranges beside full go',
    operators(
      'catalog: r.io/a:v1\nfull: true\npackages:\n- name: web\n  minVersion: 1.0.0\n  maxVersion: 2.0.0',
    ),
    operators('catalog: r.io/a:v1\nfull: true\npackages:\n- name: web'),
  ],
  [
    'packages and channels that stand there twice are joined',
    operators(
      'catalog: r.io/a:v1\npackages:\n- name: web\n  channels:\n  - name: x\n- name: other\n- name: web\n  defaultChannel: y\n  channels:\n  - name: x\n  - name: y',
    ),
    operators(
      'catalog: r.io/a:v1\npackages:\n- name: web\n  defaultChannel: y\n  channels:\n  - name: x\n  - name: y\n- name: other',
    ),
  ],
  [
    'a product that v1 took for ocp goes',
    'mirror:\n  platform:\n    channels:\n    - name: c\n      type: what # ever\n',
    'mirror:\n  platform:\n    channels:\n    # ever\n    - name: c\n',
  ],
  [
    'short names get their registry, digests the tag they had',
    `mirror:\n  additionalImages:\n  - name: alpine\n  - name: r.io/a@sha256:${HEX}\n  - name: r.io/b@sha256:${HEX}\n  - name: r.io/b@sha256:${OTHER}\n`,
    `mirror:\n  additionalImages:\n  - name: docker.io/library/alpine\n  - name: r.io/a@sha256:${HEX}\n    targetTag: latest\n  - name: r.io/b@sha256:${HEX}\n    targetTag: abababab\n  - name: r.io/b@sha256:${OTHER}\n    targetTag: cdcdcdcd\n`,
  ],
  [
    'keys get their case',
    'MIRROR:\n  additionalimages:\n  - NAME: r.io/a:1\n',
    'mirror:\n  additionalImages:\n  - name: r.io/a:1\n',
  ],
  [
    'aliases and merge keys are written out',
    'mirror:\n  operators:\n  - &first\n    catalog: r.io/a:v1\n    targetName: b\n  - <<: *first\n    catalog: r.io/c:v1\n    targetName: d\n',
    'mirror:\n  operators:\n  - catalog: r.io/a:v1\n    targetCatalog: b\n  - catalog: r.io/c:v1\n    targetCatalog: d\n',
  ],
  [
    'objects in braces become blocks where there is something to say',
    'mirror: {additionalImages: [{name: alpine}], samples: []}\n',
    'mirror:\n  additionalImages:\n    - {name: docker.io/library/alpine}\n  samples: []\n',
  ],
  [
    'indentation, empty lines and quotes stay',
    '# ours\nmirror:\n\n    additionalImages:\n    -   name: \'r.io/a:1\'   # one\n\n    -   name: "alpine"\n\n# end\n',
    '# ours\nmirror:\n\n    additionalImages:\n    -   name: \'r.io/a:1\'   # one\n\n    -   name: "docker.io/library/alpine"\n\n# end\n',
  ],
]

describe('an image set of oc-mirror v1, rewritten', () => {
  for (const [sentence, before, after] of ROWS)
    it(`${sentence}`, () =>
      assert.equal(silent(migrate(before).text), HEAD.replace('v1alpha2', 'v2alpha1') + after))

  it('says of each change what and why, in the file and as a list', () => {
    const { text, changes } = migrate(
      operators('catalog: r.io/ns/foo:v1\ntargetName: bar\nskipDependencies: true'),
    )
    assert.equal(
      text,
      `kind: ImageSetConfiguration
# migrated: this was an image set of oc-mirror v1 (v1alpha2)
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  # migrated: images of operators get the tag sha256-<digest> in place of the eight digits v1 gave
  #  them: the first plan adds these names (without copying content again) and deletes the old ones
  # migrated: v1 took the newest bundle of every channel, v2 that of the default channel;
  #  --operator-selection connected takes every channel
  operators:
  # migrated: targetName is targetCatalog now, with the whole repository path
  - catalog: r.io/ns/foo:v1
    targetCatalog: ns/bar
    skipDependencies: true
`,
    )
    assert.deepEqual(
      changes.map(({ line, message }) => `${line} ${message.slice(0, 20)}`),
      [
        '2 this was an image se',
        '4 images of operators ',
        '4 v1 took the newest b',
        '6 targetName is target',
      ],
    )
  })

  it('says where v2 takes something else', () => {
    const told = (body: string) =>
      migrate(body)
        .changes.map(({ message }) => message)
        .join('\n')
    const heads =
      'mirror:\n  platform:\n    channels: [{name: stable-4.12}, {name: stable-4.13, full: true}]\n'
    assert.match(told(heads), /of stable-4\.12 v2 takes the newest release only/)
    const kinds =
      'mirror:\n  platform:\n    channels: [{name: stable-4.12, full: true}, {name: eus-4.14, full: true}]\n'
    assert.match(told(kinds), /v1 stayed with the kind of the first/)
    const dependencies = operators('catalog: r.io/a:v1\npackages: [{name: web, minVersion: 1.0.0}]')
    assert.match(told(dependencies), /v1 added packages that these need/)
    assert.match(told(dependencies), /from minVersion on v2 takes every version/)
    assert.match(told('mirror:\n  blockedImages: [{name: a}]\n'), /in destinations too/)
    assert.match(told('mirror:\n  samples: [{name: ruby}]\n'), /v1 passed over samples/)
  })

  it('keeps the comments of what it takes out', () => {
    const { text } = migrate(
      `# above\nstorageConfig: # beside\n  # inside\n  local:\n    path: x # at the path\nmirror: {}\n`,
    )
    for (const comment of ['above', 'beside', 'inside', 'at the path'])
      assert.match(text, new RegExp(`^# ${comment}$`, 'm'))
  })

  it('keeps the ends of lines that Windows writes', () => {
    const text = `${HEAD}storageConfig:\n  local: {path: x}\nmirror: {}\n`.replaceAll('\n', '\r\n')
    const migrated = migrateImageSet({ path: 'v1.yaml', text: `\ufeff${text}` }).text
    assert.equal(migrated.replaceAll('\r\n', '').includes('\n'), false)
    parseImageSet({ path: 'v2.yaml', text: migrated })
  })

  it('stays JSON where it is JSON, which has no comments', () => {
    const { text, changes } = migrateImageSet({
      path: 'v1.json',
      text: '{"kind": "ImageSetConfiguration", "apiVersion": "mirror.openshift.io/v1alpha2", "storageConfig": {"local": {"path": "x"}}, "mirror": {"additionalImages": [{"name": "alpine"}]}}',
    })
    assert.deepEqual(JSON.parse(text).mirror, { additionalImages: [{ name: 'docker.io/library/alpine' }] })
    assert.equal(changes.length, 3)
  })

  it('is left as it is when it is one of v2 already', () => {
    const text = 'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror:   {}'
    assert.deepEqual(migrateImageSet({ path: 'v2.yaml', text }), { text, changes: [] })
  })

  it('is refused when it is wrong as one of v1', () => {
    assert.throws(() => migrate('mirror: {additionalImage: []}\n'), ConfigError)
  })
})

const CORPUS = join(
  resolve(import.meta.dirname, '../../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus'),
  'isc',
)

describe('image sets of oc-mirror v1 that people wrote', {
  skip: !existsSync(CORPUS) && `no ${CORPUS}`,
}, () => {
  const loading = existsSync(CORPUS) ? readdirSync(CORPUS).flatMap(loadV1) : []

  it('are valid image sets of v2 when they are rewritten, with the same catalogs and images', () => {
    assert.equal(loading.length, 34)
    for (const { path, text, imageSet } of loading) {
      const again = parseImageSet({ path, text: migrateImageSet({ path, text }).text })
      assert.deepEqual(namesOf(again), namesOf(imageSet), path)
    }
  })

  it('keep all their comments, and every line that does not change', () => {
    for (const { path, text } of loading) {
      const migrated = migrateImageSet({ path, text }).text
      const lines = new Set(migrated.split('\n').map(line => line.replace(/\s/g, '')))
      const missing = text
        .replace(/\r/g, '')
        .split('\n')
        .filter(line => !lines.has(line.replace(/\s/g, '')))
      const gone =
        /^(apiVersion|storageConfig|local|registry|imageURL|path|skipTLS|targetName|additionalimages|- NAME)\b/
      assert.deepEqual(
        missing.filter(line => !gone.test(line.trim())),
        [],
        path,
      )
      for (const line of missing)
        for (const comment of line.match(/(?<=\s#).*\S/g) ?? [])
          assert.ok(migrated.includes(comment.trim()), `${path}: ${comment}`)
    }
  })
})

function loadV1(name: string) {
  const path = join(CORPUS, name)
  const text = readFileSync(path, 'utf8')
  try {
    const imageSet = parseImageSet({ path, text })
    return imageSet.v1 === undefined ? [] : [{ path, text, imageSet }]
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}

function namesOf({ additionalImages, operators: catalogs = [], platform }: ImageSet) {
  return {
    images: additionalImages.map(({ source }) => source),
    catalogs: catalogs.map(({ source, targetTag, packages }) => [
      source,
      targetTag,
      packages.map(each => each.name),
    ]),
    channels: platform?.channels.map(({ name, minVersion, maxVersion }) => [name, minVersion, maxVersion]),
  }
}
