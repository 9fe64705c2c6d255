import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sketchGraph } from '../../../../testdata/update-graphs.ts'
import { findWay, type Hop, joinGraphs, placeOf, reachableFrom, type UpdateGraph } from './index.ts'

/** `a → b → c`, with `~` after an update that has risks. */
function wayOf(graph: UpdateGraph, from: string, to: string, conditional = true): string | undefined {
  const way = findWay(graph, placeOf(graph, from) ?? -1, placeOf(graph, to) ?? -1, { conditional })
  return way
    ?.map(({ to: place, risks }) => `${risks.length > 0 ? '~' : ''}${graph.releases[place]?.version}`)
    .join(' ')
}

describe('a way through an update graph', () => {
  it('takes the higher of two equally short ones', () => {
    const updates = ['4.15.0 4.15.3', '4.15.0 4.15.5', '4.15.3 4.15.9', '4.15.5 4.15.9']
    assert.equal(wayOf(sketchGraph('stable-4.15', { updates }), '4.15.0', '4.15.9'), '4.15.5 4.15.9')
  })

  it('goes round a conditional update, however long that takes', () => {
    const graph = sketchGraph('stable-4.15', {
      updates: ['4.15.0 4.15.1', '4.15.1 4.15.2', '4.15.2 4.15.9'],
      conditional: [{ update: '4.15.0 4.15.9', risk: 'A' }],
    })
    assert.equal(wayOf(graph, '4.15.0', '4.15.9'), '4.15.1 4.15.2 4.15.9')
  })

  it('takes a conditional update where there is no other, and none where they are to be avoided', () => {
    const graph = sketchGraph('stable-4.15', {
      updates: ['4.15.0 4.15.1', '4.15.5 4.15.9'],
      conditional: [
        { update: '4.15.1 4.15.5', risk: 'A' },
        { update: '4.15.0 4.15.2', risk: 'B' },
        { update: '4.15.2 4.15.9', risk: 'C' },
      ],
    })
    assert.equal(wayOf(graph, '4.15.0', '4.15.9'), '4.15.1 ~4.15.5 4.15.9')
    assert.equal(wayOf(graph, '4.15.0', '4.15.9', false), undefined)
  })

  it('to where one is already has no updates, and back there is none', () => {
    const graph = sketchGraph('stable-4.15', { updates: ['4.15.0 4.15.1'] })
    assert.equal(wayOf(graph, '4.15.0', '4.15.0'), '')
    assert.equal(wayOf(graph, '4.15.1', '4.15.0'), undefined)
  })

  it('leads across channels once their graphs are joined', () => {
    const joined = joinGraphs([
      sketchGraph('stable-4.15', { updates: ['4.15.0 4.15.1'] }),
      sketchGraph('stable-4.16', {
        updates: ['4.15.1 4.16.0'],
        conditional: [{ update: '4.15.0 4.16.0', risk: 'A' }],
      }),
    ])
    assert.ok(joined !== undefined)
    assert.equal(wayOf(joined, '4.15.0', '4.16.0'), '4.15.1 4.16.0')
    assert.deepEqual(joined.releases[placeOf(joined, '4.15.1') ?? -1]?.channels, [
      'stable-4.15',
      'stable-4.16',
    ])
  })
})

const SIZE = 9

/** Updates between releases 4.1.0 to 4.1.8, some of them conditional; downgrades too, because nothing forbids them. */
const arbitraryGraph = fc
  .uniqueArray(
    fc.record({
      from: fc.nat({ max: SIZE - 1 }),
      to: fc.nat({ max: SIZE - 1 }),
      risky: fc.boolean(),
    }),
    { maxLength: 30, selector: ({ from, to }) => `${from} ${to}` },
  )
  .map(updates => {
    const text = ({ from, to }: { from: number; to: number }) => `4.1.${from} 4.1.${to}`
    return sketchGraph('stable-4.1', {
      updates: [
        ...Array.from({ length: SIZE }, (_, at) => `4.1.${at}`),
        ...updates.filter(({ risky }) => !risky).map(text),
      ],
      conditional: updates.filter(({ risky }) => risky).map(update => ({ update: text(update), risk: 'A' })),
    })
  })

/** Conditional updates count more than any number of others. */
const lengthOf = (way: readonly Hop[]): number =>
  way.reduce((sum, { risks }) => sum + (risks.length > 0 ? 1000 : 1), 0)

/** Bellman and Ford's way to the shortest lengths: nothing in common with a breadth-first search. */
function shortestLengths(graph: UpdateGraph, from: number, conditional: boolean): readonly number[] {
  const lengths = graph.releases.map((_, at) => (at === from ? 0 : Number.POSITIVE_INFINITY))
  for (let round = 0; round < SIZE; round++)
    graph.updates.forEach((offered, at) => {
      for (const { to, risks } of offered) {
        if (risks.length > 0 && !conditional) continue
        const length = (lengths[at] ?? Number.POSITIVE_INFINITY) + (risks.length > 0 ? 1000 : 1)
        lengths[to] = Math.min(lengths[to] ?? Number.POSITIVE_INFINITY, length)
      }
    })
  return lengths
}

describe('in every update graph', () => {
  it('the way found is a shortest one, and each of its steps is an update of the graph', () => {
    fc.assert(
      fc.property(
        arbitraryGraph,
        fc.nat({ max: SIZE - 1 }),
        fc.nat({ max: SIZE - 1 }),
        fc.boolean(),
        (graph, from, to, conditional) => {
          const way = findWay(graph, from, to, { conditional })
          const shortest = shortestLengths(graph, from, conditional)[to]
          assert.equal(way === undefined ? Number.POSITIVE_INFINITY : lengthOf(way), shortest)
          let at = from
          for (const hop of way ?? []) {
            assert.equal(hop.from, at)
            assert.ok(graph.updates[at]?.some(update => update.to === hop.to && update.risks === hop.risks))
            at = hop.to
          }
          if (way !== undefined) assert.equal(at, to)
        },
      ),
    )
  })

  it('what can be reached is what a way leads to', () => {
    fc.assert(
      fc.property(arbitraryGraph, fc.nat({ max: SIZE - 1 }), fc.boolean(), (graph, from, conditional) => {
        const reached = reachableFrom(graph, from, { conditional })
        for (let to = 0; to < SIZE; to++)
          assert.equal(reached.has(to), findWay(graph, from, to, { conditional }) !== undefined)
      }),
    )
  })

  it('a way through chosen releases leads through no others', () => {
    fc.assert(
      fc.property(arbitraryGraph, fc.uniqueArray(fc.nat({ max: SIZE - 1 })), (graph, chosen) => {
        const way = findWay(graph, 0, SIZE - 1, { through: place => chosen.includes(place) })
        for (const { to } of way ?? []) assert.ok(chosen.includes(to))
      }),
    )
  })
})
