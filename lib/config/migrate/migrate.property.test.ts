/** Any image set of oc-mirror v1, however it is laid out, can be rewritten for v2, and keeps its names and its comments. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { migrateImageSet, parseImageSet, v1TagsByDigest } from '../index.ts'

const HEX = ['ab', 'cd', 'ef'].map(byte => byte.repeat(32))
const version = fc.constantFrom('1.0.0', '1.2.3-5', '2.0.0')
const limits = fc.oneof(
  fc.record({ minVersion: version }),
  fc.record({ minBundle: fc.constantFrom('a.v1.0.0', 'a-nine') }),
  fc.record({ minVersion: fc.constantFrom('1.0.0', 'nine') }),
  fc.constant({}),
)
const channel = fc.tuple(fc.constantFrom('x', 'y', 'z'), limits).map(([name, limit]) => ({ name, ...limit }))
const wanted = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    channels: fc.uniqueArray(channel, { maxLength: 3, selector: each => each.name }),
  },
  { requiredKeys: ['name'] },
)
const operator = fc.record(
  {
    catalog: fc.constantFrom(
      'r.io/a/index:v1',
      'r.io/b/index',
      'c/index:v1',
      'oci:///srv/d',
      `r.io/e@sha256:${HEX[0]}`,
    ),
    targetName: fc.constantFrom('index', 'other'),
    targetTag: fc.constantFrom('v9', '4.20'),
    full: fc.boolean(),
    skipDependencies: fc.boolean(),
    originalRef: fc.constant('x'),
    packages: fc.uniqueArray(wanted, { maxLength: 3, selector: each => each.name }),
  },
  { requiredKeys: ['catalog'] },
)
const image = fc.record({
  name: fc.constantFrom('alpine', 'r.io/a:1', 'quay.io/x', ...HEX.map(hex => `r.io/a@sha256:${hex}`)),
})
const imageSet = fc.record(
  {
    kind: fc.constant('ImageSetConfiguration'),
    apiVersion: fc.constant('mirror.openshift.io/v1alpha2'),
    storageConfig: fc.constantFrom({ local: { path: './x' } }, { registry: { imageURL: 'r.io/m' } }),
    mirror: fc.record(
      {
        operators: fc.uniqueArray(operator, { maxLength: 3, selector: each => each.catalog }),
        additionalImages: fc.array(image, { maxLength: 4 }),
        blockedImages: fc.constant([{ name: 'a|b' }]),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['kind', 'apiVersion'] },
)
const layout = fc.record({
  indent: fc.integer({ min: 2, max: 4 }),
  indentSeq: fc.boolean(),
  collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
})

describe('rewriting an image set of oc-mirror v1', () => {
  it('makes a valid one of v2 that has the same names at the destination, and every comment', () => {
    fc.assert(
      fc.property(
        imageSet,
        layout,
        fc.array(fc.nat({ max: 30 }), { maxLength: 5 }),
        (data, style, places) => {
          const lines = stringify(data, style).split('\n')
          const comments = places
            .filter(at => /^\s*[-\w]/.test(lines[at] ?? ''))
            .map((at, number) => ({ at, text: `# ours ${number}.` }))
          const text = lines
            .flatMap((line, at) => [
              ...comments
                .filter(each => each.at === at)
                .map(each => /^\s*(?:-\s+)*/.exec(line)?.[0].replace(/-/g, ' ') + each.text),
              line,
            ])
            .join('\n')
          const before = parseImageSet({ path: 'v1.yaml', text })
          const migrated = migrateImageSet({ path: 'v1.yaml', text }).text
          const after = parseImageSet({ path: 'v2.yaml', text: migrated })
          assert.equal(after.v1, undefined)
          assert.deepEqual(placesOf(after), placesOf(before))
          const tags = v1TagsByDigest(before.additionalImages)
          assert.deepEqual(
            after.additionalImages.map(({ source, targetTag }) => [source, targetTag]),
            before.additionalImages.map(each => [each.source, tags.get(each)]),
          )
          for (const comment of comments)
            assert.ok(migrated.includes(comment.text), `${comment.text}\n${text}\n${migrated}`)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function placesOf({ operators = [] }: ReturnType<typeof parseImageSet>) {
  return operators.map(({ source, targetCatalog, targetTag, packages }) => [
    source,
    targetCatalog ?? (source.kind === 'registry' ? source.reference.path : ''),
    targetTag,
    packages.map(each => [each.name, each.channels.map(channel => channel.name)]),
  ])
}
