/** Which images mappings come down to: wildcards, lists that are cut down, and what a source does not have. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../../testdata/images.ts'
import { MemoryRegistry } from '../../../testdata/memory-registry.ts'
import { memoryMirror } from '../../../testdata/mirror-in-memory.ts'
import { changesOf, never, noCache, sourcesOf } from '../../../testdata/mirroring.ts'
import { PlaceError } from '../../errors.ts'
import { digestOf } from '../../oci/digest.ts'
import { parseManifest } from '../../oci/manifest.ts'
import { DOCKER_SCHEMA1 } from '../../oci/media-types.ts'
import { formatPlatform } from '../../oci/platform.ts'
import { formatReference, parseTag } from '../../oci/reference.ts'
import { parseTarget } from '../../target.ts'
import type { WantedImage } from '../wanted.ts'
import { collectMapped, insideTarget, listFilter, parseMappings, type Tolerance } from './index.ts'

const LIST = buildMultiArch({ platforms: ['linux/amd64', 'linux/arm64/v8', 'linux/s390x'] })
const IMAGE = buildImage({ seed: 'one' })

function source(): MemoryRegistry {
  const registry = new MemoryRegistry('src.example')
  registry.hold('list', '1', LIST)
  for (const tag of ['4.12.1', '4.12.1-etcd', '4.12.10', '4.13.0']) registry.hold('release', tag, IMAGE)
  return registry
}

interface Given {
  readonly filter?: string
  readonly keep?: boolean
  readonly tolerance?: Tolerance
}

function collect(text: string, { filter, keep = false, tolerance = 'nothing' }: Given, from = source()) {
  const mappings = parseMappings([{ path: 'm.txt', text }])
  const { inside } = insideTarget(parseTarget('docker://mirror.example/ocp'), mappings)
  const options = { filter: listFilter(filter, keep), tolerance }
  return collectMapped(inside, { sources: sourcesOf(from), cache: noCache }, options, never())
}

function told(image: WantedImage): string {
  const from = image.source.kind === 'registry' ? formatReference(image.source.reference) : ''
  const platforms = image.platforms.map(formatPlatform).join()
  return [from, `${image.repository}:${image.tag}`, platforms, image.platformIndex ?? ''].join(' ').trim()
}

test('a wildcard is all the tags that match, each with its own name, asked for once', async () => {
  const from = source()
  const text =
    'src.example/release:4.12.1* mirror.example/ocp/r\nsrc.example/release:4.13* mirror.example/ocp/r'
  const { images } = await collect(text, {}, from)
  assert.deepEqual(images.map(told), [
    'src.example/release:4.12.1 r:4.12.1',
    'src.example/release:4.12.1-etcd r:4.12.1-etcd',
    'src.example/release:4.12.10 r:4.12.10',
    'src.example/release:4.13.0 r:4.13.0',
  ])
  assert.deepEqual(images[0]?.origins, [{ kind: 'mapping', name: 'src.example/release:4.12.1*' }])
  assert.deepEqual(from.counts(), { 'GET tags': 1 })
})

test('signatures are behind a wildcard only where it names them: they travel with their image', async () => {
  const from = source()
  const { tag } = buildCosignSignature(IMAGE.manifest.digest)
  from.hold('release', tag, IMAGE)
  const tagsOf = async (pattern: string) => {
    const { images } = await collect(`src.example/release:${pattern} mirror.example/ocp/r`, {}, from)
    return images.map(image => image.tag)
  }
  assert.deepEqual(await tagsOf('*'), ['4.12.1', '4.12.1-etcd', '4.12.10', '4.13.0'])
  assert.deepEqual(await tagsOf('sha256-*.sig'), [tag])
})

test('a wildcard that stands for nothing is an error, or only told', async () => {
  const text = 'src.example/release:5.* mirror.example/ocp/r'
  await assert.rejects(collect(text, {}), /release:5\.\* stands for no image/)
  const { images, missing, notes } = await collect(text, { tolerance: 'missing' })
  assert.deepEqual([images, missing], [[], [{ repository: 'r', tags: '5.*' }]])
  assert.deepEqual(notes, ['src.example/release:5.* is not mirrored: no tag matches'])
})

const [AMD64, , S390X] = LIST.children
const FILTERS: readonly (readonly [sentence: string, given: Given, expected: readonly string[]])[] = [
  ['without a filter a list is whole', {}, ['src.example/list:1 l:1']],
  [
    'one image matches: that image, without the list',
    { filter: 'linux/amd64' },
    [`src.example/list:1@${AMD64?.manifest.digest} l:1`],
  ],
  [
    'the expression is looked for anywhere',
    { filter: 's390' },
    [`src.example/list:1@${S390X?.manifest.digest} l:1`],
  ],
  [
    'several match: a smaller list',
    { filter: 'linux/(amd64|arm64)' },
    ['src.example/list:1 l:1 linux/amd64,linux/arm64/v8 rewrite'],
  ],
  [
    'several match and the list is kept',
    { filter: 'linux/(amd64|arm64)', keep: true },
    ['src.example/list:1 l:1 linux/amd64,linux/arm64/v8 sparse'],
  ],
  [
    'one matches and the list is kept',
    { filter: 'amd64', keep: true },
    ['src.example/list:1 l:1 linux/amd64 sparse'],
  ],
  ['all match: the list as it is', { filter: '^linux/' }, ['src.example/list:1 l:1']],
  ['.* takes all', { filter: '.*' }, ['src.example/list:1 l:1']],
  ['keeping lists without a filter keeps them whole', { keep: true }, ['src.example/list:1 l:1']],
  ['none matches: nothing', { filter: 'windows/' }, []],
]

describe('a list of three platforms', () => {
  for (const [sentence, given, expected] of FILTERS)
    test(sentence, async () => {
      const { images, notes } = await collect('src.example/list:1 mirror.example/ocp/l', given)
      assert.deepEqual(images.map(told), expected)
      assert.equal(notes.length, expected.length === 0 ? 1 : 0)
    })

  test('a filter says nothing of an image that is no list', async () => {
    const { images } = await collect('src.example/release:4.12.1 mirror.example/ocp/r', { filter: 'windows' })
    assert.deepEqual(images.map(told), ['src.example/release:4.12.1 r:4.12.1'])
  })

  test('an expression that is none is refused as oc refuses it', () => {
    assert.throws(
      () => listFilter('linux/(', false),
      /^UsageError: --filter-by-os was not a valid regular expression: /,
    )
  })

  test('cut down, it is planned and mirrored with exactly those images, and nothing changes afterwards', async t => {
    const mirror = memoryMirror(t, { 'list:1': LIST }, { abilities: { sparseIndex: 'yes' } })
    const filtered = (given: Given) =>
      collect('src.example/list:1 mirror.example/ocp/l', given, mirror.source).then(({ images }) => images)
    await mirror.mirror(await filtered({ filter: 'amd64|arm64' }))
    const held = mirror.target.content('ocp/l')
    const root = held.manifests.get(held.tags.get('1' as never) as never)
    const index = root && parseManifest(root, 'the index')
    assert.deepEqual(
      index?.kind === 'index' && index.manifests.map(({ digest }) => digest),
      LIST.children.slice(0, 2).map(({ manifest }) => manifest.digest),
    )
    assert.equal(held.manifests.size, 3)
    assert.deepEqual(changesOf(await mirror.plan(await filtered({ filter: 'amd64|arm64' }))), [])
    const one = await mirror.plan(await filtered({ filter: 'amd64' }))
    assert.deepEqual(changesOf(one), ['move ocp/l:1'])
  })
})

const MISSING = 'src.example/nope:1 mirror.example/ocp/n\nsrc.example/release:4.13.0 mirror.example/ocp/r'

describe('an image that is not at its source', () => {
  for (const filter of [undefined, 'amd64'])
    test(`is one of schema 1 too, which nobody carries, when failures are skipped (filter: ${filter})`, async () => {
      const from = source()
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 1, name: 'old', fsLayers: [] }))
      const digest = digestOf(bytes)
      from.content('nope').manifests.set(digest, { digest, mediaType: DOCKER_SCHEMA1, bytes })
      from.content('nope').tags.set(parseTag('1'), digest)
      const given = filter === undefined ? {} : { filter }
      const { images, notes } = await collect(MISSING, { ...given, tolerance: 'failures' }, from)
      assert.equal(images.length, 1)
      assert.match(notes.join(), /nope:1 is not mirrored: .*schema 1/)
    })

  test('is left to the plan to refuse', async () => {
    assert.equal((await collect(MISSING, { filter: 'amd64' })).images.length, 2)
  })

  test('is told and left out where that was asked for, and what the mirror holds of it stays', async () => {
    const { images, missing, notes } = await collect(MISSING, { tolerance: 'missing' })
    assert.deepEqual(images.map(told), ['src.example/release:4.13.0 r:4.13.0'])
    assert.deepEqual(missing, [{ repository: 'n', tag: '1' }])
    assert.deepEqual(notes, ['src.example/nope:1 is not mirrored: it does not exist'])
  })

  for (const [status, tolerance, isLeftOut] of [
    [403, 'missing', true],
    [500, 'missing', false],
    [500, 'failures', true],
  ] as const)
    test(`a source that answers ${status} is ${isLeftOut ? '' : 'not '}left out when ${tolerance} are skipped`, async () => {
      const from = source()
      from.before = ({ repository }) => {
        if (repository === 'nope') throw new PlaceError('no answer', { status })
      }
      const collecting = collect(MISSING, { tolerance }, from)
      if (isLeftOut) assert.equal((await collecting).images.length, 1)
      else await assert.rejects(collecting, /no answer/)
    })
})
