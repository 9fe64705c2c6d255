/** index.json as data. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceError } from '../../lib/errors.ts'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { buildImage } from '../../testdata/images.ts'
import {
  EMPTY_INDEX,
  entryFor,
  formatIndexFile,
  parseImageName,
  parseIndexFile,
  withEntry,
  withoutDigest,
  withoutName,
} from './index-file.ts'

const APP = parseRepositoryPath('acme/app')
const OTHER = parseRepositoryPath('acme/other')
const V1 = parseTag('v1')
const { manifest } = buildImage({ seed: 'index' })
const later = buildImage({ seed: 'later' }).manifest

test('an index is one line for each entry, sorted by name, and reads back as it was', () => {
  const index = [
    entryFor(manifest, OTHER, V1),
    entryFor(manifest, APP, V1),
    entryFor(manifest, APP, undefined),
  ].reduce(withEntry, EMPTY_INDEX)
  const text = formatIndexFile(index)
  assert.equal(text.split('\n').filter(line => line.includes(manifest.digest)).length, 3)
  assert.equal(formatIndexFile(parseIndexFile(text, 'index.json')), text)
  const names = parseIndexFile(text, 'index.json').entries.map(entry => entry.name ?? `(${entry.repository})`)
  assert.deepEqual(names, ['(acme/app)', 'acme/app:v1', 'acme/other:v1'])
})

test('what other tools wrote into an index stays when we change it', () => {
  const foreign = {
    schemaVersion: 2,
    annotations: { by: 'another tool' },
    manifests: [
      {
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: 1,
        platform: { os: 'linux', architecture: 'arm' },
        data: 'e30=',
      },
    ],
  }
  const index = parseIndexFile(JSON.stringify(foreign), 'index.json')
  const text = formatIndexFile(withEntry(index, entryFor(later, APP, V1)))
  const json = JSON.parse(text) as typeof foreign
  assert.deepEqual(json.annotations, foreign.annotations)
  assert.deepEqual(json.manifests[0], foreign.manifests[0])
  assert.equal(json.manifests.length, 2)
})

test('a name is in an index once: pushing it again moves it', () => {
  const index = [entryFor(manifest, APP, V1), entryFor(later, APP, V1)].reduce(withEntry, EMPTY_INDEX)
  assert.deepEqual(
    index.entries.map(entry => entry.descriptor.digest),
    [later.digest],
  )
})

test('removing a digest from one repository leaves it in the others', () => {
  const index = [
    entryFor(manifest, APP, V1),
    entryFor(manifest, APP, parseTag('v2')),
    entryFor(manifest, APP, undefined),
    entryFor(manifest, OTHER, V1),
    entryFor(manifest, OTHER, undefined),
    entryFor(later, APP, parseTag('v3')),
  ].reduce(withEntry, EMPTY_INDEX)
  const left = withoutDigest(index, APP, manifest.digest)
  assert.deepEqual(
    left.entries.map(entry => entry.name ?? `(${entry.repository})`),
    ['acme/other:v1', '(acme/other)', 'acme/app:v3'],
  )
})

test('removing what is not there changes nothing', () => {
  const index = withEntry(EMPTY_INDEX, entryFor(manifest, APP, V1))
  assert.equal(withoutName(index, 'acme/app:v2'), index)
  assert.equal(withoutDigest(index, OTHER, manifest.digest), index)
})

test('a name is split at its last colon, and only when both parts are well-formed', () => {
  assert.deepEqual(parseImageName('acme/app:v1'), { repository: 'acme/app', tag: 'v1' })
  for (const name of ['v1', ':v1', 'acme/app:', 'ACME:v1', 'host:5000/app'])
    assert.equal(parseImageName(name), undefined)
})

const DAMAGED: readonly (readonly [what: string, text: string])[] = [
  ['no JSON', '{"schemaVersion": 2,'],
  ['a list', '[]'],
  ['no manifests', '{"schemaVersion": 2}'],
  ['an entry without a digest', '{"manifests": [{"mediaType": "x", "size": 1}]}'],
]

for (const [what, text] of DAMAGED)
  test(`an index.json that is ${what} is refused by its path, with a hint`, () => {
    assert.throws(
      () => parseIndexFile(text, '/srv/layout/index.json'),
      (error: unknown) =>
        error instanceof PlaceError &&
        error.message.includes('/srv/layout/index.json') &&
        error.hint !== undefined,
    )
  })
