/** Metadata of oc-mirror v1: what is read of it, what is damaged, and where the images it lists should be. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { parseImageSet } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import { digestOf } from '../../oci/digest.ts'
import { parseTarget } from '../../target.ts'
import { claimsOf, joinImages, madeClaims, NO_STARTS, readMetadata, withHeldReleases } from './index.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'golden/openshift__oc-mirror__tests_unit_testdata_metadata_valid.json',
)
const ID = digestOf('image')
const CHILD = digestOf('child')

function metadata(members: object = {}, past: object = {}): string {
  return JSON.stringify({
    apiVersion: 'mirror.openshift.io/v1alpha2',
    kind: 'Metadata',
    uid: 'u-1',
    singleUse: false,
    pastMirror: { timestamp: 1, sequence: 3, mirror: {}, ...past },
    ...members,
  })
}

const association = (members: object) => ({
  name: `quay.io/a/b@${ID}`,
  path: 'a/b',
  id: ID,
  tagSymlink: 'latest',
  type: 'generic',
  ...members,
})

function claims(associations: readonly object[], target = 'docker://reg.example:5000/ns') {
  const { images } = readMetadata(metadata({ pastAssociations: associations }), 'M')
  const address = parseTarget(target)
  const prefix = address.kind === 'registry' && address.prefix !== '' ? `${address.prefix}/` : ''
  const found = claimsOf(images, address, path => `${prefix}${path}` as typeof path)
  const text = found.claims.map(({ destination }) => `${destination.repository}:${destination.tag}`)
  return { ...found, text }
}

describe('metadata of oc-mirror v1', () => {
  it('tells runs, images and where update paths begin', () => {
    const history = readMetadata(
      metadata(
        { pastAssociations: [association({}), association({ name: CHILD, id: CHILD, tagSymlink: '' })] },
        {
          operators: [
            {
              catalog: 'reg/index:v4.16',
              imagePin: `reg/index@${ID}`,
              packages: [
                { name: 'widget', channels: [{ name: 'stable', minVersion: '1.2.0' }, { name: 'fast' }] },
                { name: 'gadget', minVersion: '0.1.0' },
              ],
            },
          ],
          platforms: [{ channel: 'stable-4.16', minVersion: '4.16.3' }],
          associations: [association({})],
        },
      ),
      'M',
    )
    assert.deepEqual([history.uid, history.sequence, history.isSingleUse], ['u-1', 3, false])
    assert.deepEqual(history.images, [
      {
        name: `quay.io/a/b@${ID}`,
        kind: 'generic',
        digest: ID,
        place: { kind: 'path', path: 'a/b', tag: 'latest' },
      },
    ])
    assert.deepEqual(history.starts, {
      catalogs: [
        {
          catalog: 'reg/index:v4.16',
          packages: [
            { name: 'widget', channels: new Map([['stable', '1.2.0']]) },
            { name: 'gadget', start: '0.1.0', channels: new Map() },
          ],
        },
      ],
      releases: new Map([['stable-4.16', '4.16.3']]),
    })
    assert.equal(history.hasGraphImage, false)
    assert.equal(readMetadata(metadata({ singleUse: true }), 'M').isSingleUse, true)
  })

  it('counts an association that cannot be told apart, and takes the digest of its name where the id is missing', () => {
    const { images, unreadable } = readMetadata(
      metadata({
        pastAssociations: [
          association({ id: '' }),
          association({ name: 'quay.io/a/c:1', id: '' }),
          association({ name: 3 }),
        ],
      }),
      'M',
    )
    assert.deepEqual(
      images.map(({ digest }) => digest),
      [ID],
    )
    assert.deepEqual(unreadable, [
      'quay.io/a/c:1 has no digest',
      'pastAssociations[2] has no name or no path',
    ])
  })

  it('is refused by name where it is damaged', () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ['{', /^store\/x is not the metadata of oc-mirror v1, or damaged: /],
      ['[]', /the file is no object/],
      ['{"kind": "Other"}', /kind is not Metadata/],
      [metadata({ pastMirror: 3 }), /pastMirror is no object/],
      [metadata({}, { sequence: 'two' }), /pastMirror\.sequence is no number of a run/],
      [metadata({ pastAssociations: {} }), /pastAssociations is no list/],
      [metadata({ pastAssociations: [3] }), /pastAssociations\[0\] is no object/],
      [
        metadata({}, { operators: [{ catalog: 'c', packages: 3 }] }),
        /pastMirror\.operators\[0\]\.packages is no list/,
      ],
    ]
    for (const [text, message] of refused)
      assert.throws(() => readMetadata(text, 'store/x'), { name: 'PlanError', message, hint: /backup/ })
  })

  it('of the tests of oc-mirror itself is read', {
    skip: !existsSync(CORPUS) && 'the corpus is not here',
  }, () => {
    const { images, sequence } = readMetadata(readFileSync(join(CORPUS), 'utf8'), 'M')
    assert.equal(sequence, 1)
    assert.deepEqual(
      images.map(({ place }) => place.kind),
      ['reference'],
    )
  })
})

describe('images that oc-mirror v1 lists', () => {
  it('are below the prefix where they went by way of a disk, and where v1 says where they went directly', () => {
    assert.deepEqual(claims([association({})]).text, ['ns/a/b:latest'])
    const direct = { path: 'reg.example:5000/ns/a/b:1.2' }
    assert.deepEqual(claims([association(direct)]).text, ['ns/a/b:1.2'])
    assert.deepEqual(claims([association({ path: `reg.example:5000/ns/a/b@${ID}` })]).text, ['ns/a/b:latest'])
  })

  it('are left out where they are at another place or have no tag', () => {
    const elsewhere = [
      association({ path: 'other.example/ns/a/b:1' }),
      association({ path: 'reg.example:5000/elsewhere/a/b:1' }),
      association({ tagSymlink: '' }),
    ]
    assert.deepEqual(claims(elsewhere), { claims: [], leftOut: 3, text: [] })
    assert.equal(claims([association({ path: 'reg.example:5000/a/b:1' })], 'oci://folder').leftOut, 1)
    assert.deepEqual(claims([association({})], 'oci://folder').text, ['a/b:latest'])
  })

  it('say why they were mirrored, as far as v1 tells', () => {
    const origins = (members: object) => claims([association(members)]).claims[0]?.origins[0]
    const release = { kind: 'release', version: '4.16.8', architecture: 'x86_64', channels: [] }
    assert.deepEqual(origins({ type: 'ocpRelease', tagSymlink: '4.16.8-x86_64' }), release)
    assert.deepEqual(origins({ type: 'ocpReleaseContent', tagSymlink: '4.16.8-x86_64-etcd' }), {
      ...release,
      component: 'etcd',
    })
    assert.equal(origins({ type: 'operatorBundle' })?.kind, 'bundle')
    assert.equal(origins({ type: 'cincinnatiGraph' })?.kind, 'graphData')
    assert.deepEqual(origins({}), { kind: 'additionalImage', name: `quay.io/a/b@${ID}` })
    for (const type of ['cincinnatiGraph', 'generic'])
      assert.equal(claims([association({ type })]).claims[0]?.digest, ID)
  })

  it('are one where storage and target both list them', () => {
    const one = readMetadata(metadata({ pastAssociations: [association({})] }), 'M')
    const two = readMetadata(
      metadata({ pastAssociations: [association({}), association({ path: 'c' })] }),
      'M',
    )
    assert.equal(joinImages([one.images, two.images]).length, 2)
  })
})

describe('images that oc-mirror v1 makes', () => {
  it('are claimed where they are still asked for, whatever is there', () => {
    const past = {
      operators: [{ catalog: 'reg.example/own/index:v9' }, { catalog: 'reg.example/left/index:v4.16' }],
      mirror: { platform: { graph: true } },
    }
    const history = readMetadata(metadata({}, past), 'M')
    const text = (platform: string) =>
      `apiVersion: mirror.openshift.io/v1alpha2\nkind: ImageSetConfiguration\nmirror:\n  platform: ${platform}\n  operators:\n` +
      '  - {catalog: "reg.example/olm/index:v4.16", targetCatalog: own/index, targetTag: v9}\n' +
      '  - {catalog: "reg.example/new/index:v4.16"}\n'
    const made = (platform: string, runs = [history]) =>
      madeClaims([parseImageSet({ path: 'v1.yaml', text: text(platform) })], runs, path => path).map(
        ({ destination, digest }) => `${destination.repository}:${destination.tag} ${digest}`,
      )
    assert.deepEqual(made('{graph: true}'), [
      'own/index:v9 undefined',
      'openshift/graph-image:latest undefined',
    ])
    assert.deepEqual(made('{channels: [{name: stable-4.16}]}'), ['own/index:v9 undefined'])
    assert.deepEqual(made('{graph: true}', []), [])
  })
})

describe('release channels of an image set of oc-mirror v1', () => {
  it('begin at the lowest release that is held, else where v1 began', () => {
    const held = (version: string, ...channels: readonly string[]): Origin => ({
      kind: 'release',
      version,
      architecture: 'x86_64',
      channels,
    })
    const recorded = {
      ...NO_STARTS,
      releases: new Map([
        ['stable-4.15', '4.15.1'],
        ['stable-4.16', '4.16.1'],
      ]),
    }
    const origins = [
      held('4.16.10', 'stable-4.16'),
      held('4.16.9', 'stable-4.16', 'fast-4.16'),
      held('4.14.1'),
      { kind: 'graphData' } as const,
    ]
    assert.deepEqual(
      [...withHeldReleases(recorded, origins).releases],
      [
        ['stable-4.15', '4.15.1'],
        ['stable-4.16', '4.16.9'],
        ['fast-4.16', '4.16.9'],
      ],
    )
  })
})
