import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { blobNamed, graphOf, imageAt } from '../../testdata/sample-graph.ts'
import type { ImageContent, ManifestStore } from '../graph/graph.ts'
import { createHoldings } from '../plan/holdings.ts'
import { leadersFirst } from '../plan/leaders.ts'
import type { Change } from '../plan/plan.ts'
import { createTransferPlanner } from '../plan/transfers.ts'
import { destinationKey } from '../target.ts'
import { createDeliveries } from './deliveries.ts'
import { scheduleChanges } from './schedule.ts'

const MIB = 1024 * 1024

function sized(store: ManifestStore, sizes: Readonly<Record<string, number>>): ManifestStore {
  const mebibytes = Object.entries(sizes).map(([name, size]) => [blobNamed(name), size * MIB] as const)
  return { manifests: store.manifests, blobs: new Map([...store.blobs, ...mebibytes]) }
}

/** Changes in the order of the images, their leaders chosen as a plan chooses them. */
function changesOf(store: ManifestStore, images: readonly ImageContent[]): readonly Change[] {
  const planner = createTransferPlanner(store, createHoldings(), true)
  const transfers = new Map(
    leadersFirst(
      store,
      images.map(image => ({ image })),
    ).map(({ image }) => [image, planner.transfer(image, { pushRoot: true, attachments: [] })]),
  )
  return images.map(image => ({
    action: 'add',
    image,
    expect: 'absent',
    transfer: transfers.get(image) ?? { blobs: [], manifests: [] },
  }))
}

function order(store: ManifestStore, images: readonly ImageContent[]): readonly string[] {
  return scheduleChanges(changesOf(store, images), store).map(({ image }) =>
    destinationKey(image.destination),
  )
}

describe('the order in which changes begin', () => {
  const words = {
    small: { blobs: ['s'] },
    large: { blobs: ['l'] },
    one: { blobs: ['base', 'one'] },
    two: { blobs: ['base', 'two'] },
    three: { blobs: ['base', 'big'] },
  }
  const store = sized(graphOf(words), { s: 1, l: 50, base: 40, one: 1, two: 1, big: 30 })

  it('is that of the plan where nothing is shared and nothing is large', () => {
    const images = ['a:1', 'b:1', 'c:1'].map((at, index) => imageAt(at, Object.keys(words)[index] ?? ''))
    assert.deepEqual(order(graphOf(words), images), ['a:1', 'b:1', 'c:1'])
  })

  it('begins with the image that many wait for, then the largest; those that wait come after it', () => {
    const images = [
      imageAt('a:1', 'small'),
      imageAt('b:1', 'one'),
      imageAt('c:1', 'large'),
      imageAt('d:1', 'two'),
      imageAt('e:1', 'three'),
    ]
    assert.deepEqual(order(store, images), ['e:1', 'c:1', 'a:1', 'b:1', 'd:1'])
    const leader = changesOf(store, images)[4]
    assert.ok(leader && 'transfer' in leader)
    assert.deepEqual(
      leader.transfer.blobs.map(({ how }) => how),
      ['copy', 'copy'],
    )
  })

  it('a change is in it exactly once, also when two of a plan nobody made wait for each other', () => {
    const [a, b] = changesOf(store, [imageAt('a:1', 'one'), imageAt('b:1', 'two')])
    assert.ok(a && b && 'transfer' in a && 'transfer' in b)
    const mount = (from: Change): Change => ({
      ...a,
      image: from === a ? a.image : b.image,
      transfer: {
        blobs: [
          {
            how: 'mount',
            digest: blobNamed('base'),
            from: (from === a ? b : a).image.destination.repository,
          },
        ],
        manifests: [],
      },
    })
    const circle = [mount(a), mount(b)]
    assert.deepEqual(scheduleChanges(circle, store), circle)
  })

  it('for any images: nobody waits for what begins later, whatever else is true', async () => {
    const leaves = fc.array(fc.subarray(['b0', 'b1', 'b2', 'b3']), { minLength: 2, maxLength: 5 })
    const places = fc.uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b', 'c/d'), fc.constantFrom('1', '2', '3'), fc.nat(20)),
      { minLength: 1, maxLength: 8, selector: ([repository, tag]) => `${repository}:${tag}` },
    )
    const scenes = fc.tuple(
      leaves,
      fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      places,
    )
    await fc.assert(
      fc.asyncProperty(
        scenes,
        fc.array(fc.nat(99), { minLength: 4, maxLength: 4 }),
        async ([leafs, indexes, at], sizes) => {
          const graph: Record<string, { blobs?: string[]; manifests?: string[] }> = {}
          leafs.forEach((blobs, index) => {
            graph[`m${index}`] = { blobs }
          })
          for (const children of indexes) {
            const known = Object.keys(graph)
            const manifests = [...new Set(children.map(child => known[child % known.length] ?? 'm0'))]
            graph[`m${known.length}`] = { manifests }
          }
          const names = Object.keys(graph)
          const content = sized(
            graphOf(graph),
            Object.fromEntries(sizes.map((size, index) => [`b${index}`, size])),
          )
          const images = at
            .map(([repository, tag, root]) =>
              imageAt(`${repository}:${tag}`, names[root % names.length] ?? 'm0'),
            )
            .sort((a, b) => (destinationKey(a.destination) < destinationKey(b.destination) ? -1 : 1))
          const changes = changesOf(content, images)
          const schedule = scheduleChanges(changes, content)
          assert.equal(new Set(schedule).size, changes.length)
          const deliveries = createDeliveries(schedule)
          for (const change of schedule) {
            assert.ok('transfer' in change)
            const { repository } = change.image.destination
            const brings = new Set(
              [...change.transfer.blobs, ...change.transfer.manifests].map(({ digest }) => digest),
            )
            const waits = change.transfer.blobs.flatMap(move =>
              move.how === 'mount' ? [deliveries.arrival(change, move.from, move.digest)] : [],
            )
            const below = [...content.manifests.keys(), ...content.blobs.keys()].filter(
              digest => !brings.has(digest),
            )
            const needed = new Set(neededOf(content, change.image))
            waits.push(
              ...below
                .filter(digest => needed.has(digest))
                .map(digest => deliveries.arrival(change, repository, digest)),
            )
            const settled = await Promise.race([
              Promise.all(waits).then(() => true),
              turn().then(() => false),
            ])
            assert.ok(settled, 'everything it waits for has been brought by those before it')
            for (const digest of brings) deliveries.arrived(repository, digest)
            deliveries.end(change)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

function neededOf(content: ManifestStore, { digest }: ImageContent): readonly string[] {
  const node = content.manifests.get(digest)
  return [
    ...(node?.blobs ?? []),
    ...(node?.manifests ?? []).flatMap(child => [child, ...(content.manifests.get(child)?.blobs ?? [])]),
  ]
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
