/** Catalogs that another tool made: which of them stay where they are, and what is said of those that do not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  buildCatalogImage,
  type CatalogImageOptions,
  DEMO_OPERATORS,
  sketchCatalog,
} from '../../../testdata/catalogs.ts'
import { type Built, buildIndex } from '../../../testdata/images.ts'
import { filteredAsOcMirror } from '../../../testdata/oc-mirror-run.ts'
import { asBuilt, DEMO_CATALOG, operatorsInMemory } from '../../../testdata/operators-in-memory.ts'
import { type Digest, digestOf } from '../../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../../oci/reference.ts'

const EXAMPLE = `  - catalog: ${DEMO_CATALOG}\n    packages: [{name: widget, channels: [{name: stable}]}]\n`
const STABLE = { name: 'widget', defaultChannel: 'stable', channels: { stable: ['2.0.0 replaces 1.2.0'] } }
const REPOSITORY = parseRepositoryPath('olm/demo-index')
const TAG = parseTag('v1')
const kept = sketchCatalog([STABLE]).files

/** What is published when `standing` is at the target, and what is said of it. */
async function publish(
  standing: Built,
  {
    held = standing.manifest.digest,
    place = 'v1',
    source = {},
  }: { readonly held?: Digest; readonly place?: string; readonly source?: CatalogImageOptions } = {},
) {
  const memory = operatorsInMemory()
  memory.publish(DEMO_CATALOG, sketchCatalog(), source)
  const target = memory.registry('mirror.example')
  target.hold(REPOSITORY, TAG, standing)
  const collect = async (looks: boolean) => {
    const reader = target.repository(REPOSITORY)
    const [collected] = await memory.collect(EXAMPLE, {}, [], placeOf =>
      looks && placeOf(held).tag === place
        ? { name: 'mirror.example/olm/demo-index:v1', digest: held, tag: TAG, reader }
        : undefined,
    )
    assert.ok(collected)
    return { made: collected.images[0]?.made, notes: collected.notes }
  }
  return { ours: (await collect(false)).made, ...(await collect(true)), target }
}

describe('a catalog that another tool put where ours would go', () => {
  it('stays when it was made of the same catalog and serves the same', async () => {
    const standing = filteredAsOcMirror(kept)
    const { ours, made, notes, target } = await publish(standing)
    assert.notEqual(ours?.root, standing.manifest.digest)
    assert.deepEqual([made?.root, notes], [standing.manifest.digest, []])
    assert.deepEqual(
      made?.manifests.map(({ text }) => digestOf(text)),
      [standing.manifest.digest],
    )
    assert.deepEqual(target.mutations, [])
  })

  it('stays with the images of all platforms, and is replaced where one is missing', async () => {
    const source = { platforms: ['linux/amd64', 'linux/s390x'], mediaTypes: 'docker' } as const
    const standing = filteredAsOcMirror(kept, sketchCatalog().files, source)
    const stays = await publish(standing, { source })
    assert.deepEqual([stays.made?.root, stays.notes], [standing.manifest.digest, []])
    assert.deepEqual(
      stays.made?.manifests.map(({ text }) => digestOf(text)),
      [...standing.children, standing].map(({ manifest }) => manifest.digest),
    )
    const sparse = { ...standing, children: standing.children.slice(0, 1) }
    const one = buildIndex(standing.children.slice(0, 1), { mediaTypes: 'docker' })
    for (const [image, why] of [
      [sparse, /not all of it is at the target$/],
      [one, /it was not made of/],
    ] as const) {
      const { ours, made, notes } = await publish(image, { source })
      assert.equal(made?.root, ours?.root)
      assert.match(notes.join(), why)
    }
  })

  const others: readonly (readonly [string, Built, RegExp])[] = [
    [
      'serves more',
      filteredAsOcMirror(sketchCatalog().files),
      /it does not serve just what is asked for now$/,
    ],
    [
      'was made of another version of the catalog',
      filteredAsOcMirror(kept, { ...sketchCatalog().files, 'new/README': 'x' }),
      /it was not made of registry\.example\.com\/olm\/demo-index:v1 as that is now$/,
    ],
    [
      'has no documents',
      buildCatalogImage(sketchCatalog().files, { above: [{ '.wh.configs': '' }, { 'a/file': 'x' }] }),
      /it cannot be read as a catalog/,
    ],
  ]
  for (const [what, standing, why] of others)
    it(`is replaced when it ${what}, and the plan says why`, async () => {
      const { ours, made, notes } = await publish(standing)
      assert.equal(made?.root, ours?.root)
      assert.equal(notes.length, 1)
      assert.match(
        notes[0] ?? '',
        /^mirror\.example\/olm\/demo-index:v1: the catalog that another tool made is replaced/,
      )
      assert.match(notes[0] ?? '', why)
    })

  it('says nothing of one that mirrorform made of another version', async () => {
    const memory = operatorsInMemory()
    const more = { name: 'extra', defaultChannel: 'a', channels: { a: ['1.0.0'] } }
    memory.publish(DEMO_CATALOG, sketchCatalog([...DEMO_OPERATORS, more]))
    const [before] = await memory.collect(EXAMPLE)
    const image = before?.images[0]?.made
    assert.ok(image)
    const { ours, made, notes } = await publish(asBuilt(image))
    assert.notEqual(image.root, ours?.root)
    assert.deepEqual([made?.root, notes], [ours?.root, []])
  })

  it('says nothing where it is gone, elsewhere, or the same', async () => {
    const standing = filteredAsOcMirror(kept)
    const { ours } = await publish(standing)
    assert.ok(ours)
    for (const { made, notes } of [
      await publish(standing, { held: digestOf('another') }),
      await publish(standing, { place: 'v2' }),
      await publish(asBuilt(ours)),
    ])
      assert.deepEqual([made?.root, notes], [ours.root, []])
  })
})
