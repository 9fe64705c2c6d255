/** Whatever a delete set names: nothing goes that is asked for by something else, and carried out, it has nothing left to do. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseDeleteSet } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import { digestOf } from '../../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import type { StateImage } from '../../state.ts'
import { selectDeletes } from './index.ts'

const CATALOG = 'registry.example.com/olm/index:v1'
const CHANNELS = ['alpha', 'beta', 'stable'] as const
const VERSIONS = ['1.0.0', '1.5.0', '2.0.0'] as const
const PACKAGES = ['widget', 'gadget'] as const

const channels = fc.subarray([...CHANNELS], { minLength: 1 })
const origin: fc.Arbitrary<Origin> = fc.oneof(
  fc.constantFrom('quay.io/a:1', 'quay.io/b:1').map((name): Origin => ({ kind: 'additionalImage', name })),
  fc
    .tuple(fc.constantFrom(...VERSIONS), channels)
    .map(([version, of]): Origin => ({ kind: 'release', version, architecture: 'x86_64', channels: of })),
  fc.tuple(fc.constantFrom(...PACKAGES), fc.constantFrom(...VERSIONS), channels).map(
    ([name, version, of]): Origin => ({
      kind: 'bundle',
      catalog: CATALOG,
      package: name,
      bundle: `${name}.v${version}`,
      channels: of,
    }),
  ),
  fc.constant<Origin>({ kind: 'catalog', catalog: CATALOG }),
)
const images = fc
  .array(fc.uniqueArray(origin, { minLength: 1, maxLength: 4, selector: JSON.stringify }), { maxLength: 6 })
  .map(all =>
    all.map(
      (origins, at): StateImage => ({
        destination: { repository: parseRepositoryPath('ocp/image'), tag: parseTag(`${at}`) },
        source: `quay.io/image:${at}`,
        digest: digestOf(`${at}`),
        platforms: [],
        omitted: [],
        attachments: [],
        origins,
      }),
    ),
  )

const range = fc.record(
  { minVersion: fc.constantFrom('1.0.0', '1.5.0'), maxVersion: fc.constantFrom('1.5.0', '2.0.0') },
  { requiredKeys: [] },
)
const channel = fc.tuple(fc.constantFrom(...CHANNELS), range).map(([name, of]) => ({ name, ...of }))
const some = fc.uniqueArray(channel, { maxLength: 2, selector: ({ name }) => name })
const wish = fc
  .tuple(
    fc.constantFrom(...PACKAGES),
    fc.oneof(
      range,
      some.map(all => ({ channels: all })),
    ),
  )
  .map(([name, of]) => ({ name, ...of }))
const deleteSet = fc
  .record({
    platform: fc.record({ channels: some }),
    operators: fc.array(
      fc
        .uniqueArray(wish, { maxLength: 2, selector: ({ name }) => name })
        .map(packages => ({ catalog: CATALOG, packages })),
      { maxLength: 1 },
    ),
    additionalImages: fc.subarray([{ name: 'quay.io/a:1' }, { name: 'quay.io/b:1' }]),
  })
  .map(below =>
    parseDeleteSet({
      path: 'd.yaml',
      text: JSON.stringify({ kind: 'DeleteImageSetConfiguration', delete: below }),
    }),
  )

describe('deletes by file', () => {
  it('touch no image twice, leave a rest of its own origins, and are done when they are done', () => {
    fc.assert(
      fc.property(images, deleteSet, (state, set) => {
        const { going, staying } = selectDeletes([set], state, path => path)
        const left = new Map(state.map(image => [image.destination.tag, image.origins]))
        for (const { destination } of going) assert.ok(left.delete(destination.tag))
        for (const { destination, origins } of staying) {
          const before = left.get(destination.tag) ?? assert.fail('it goes already')
          assert.ok(origins.length > 0)
          for (const each of origins) assert.ok(before.some(one => isPartOf(each, one)))
          left.set(destination.tag, origins)
        }
        const after = state.flatMap(image => {
          const origins = left.get(image.destination.tag)
          return origins === undefined ? [] : [{ ...image, origins }]
        })
        const again = selectDeletes([set], after, path => path)
        assert.deepEqual([again.going, again.staying], [[], []])
      }),
      { numRuns: 300 },
    )
  })
})

/** The same, but for channels that may have gone. */
function isPartOf(origin: Origin, before: Origin): boolean {
  if (!('channels' in origin) || !('channels' in before))
    return JSON.stringify(origin) === JSON.stringify(before)
  const rest = ({ channels: _, ...others }: typeof origin) => JSON.stringify(others)
  return rest(origin) === rest(before) && origin.channels.every(name => before.channels.includes(name))
}
