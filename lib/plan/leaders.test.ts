import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blobNamed, graphOf, imageAt } from '../../testdata/sample-graph.ts'
import { destinationKey } from '../target.ts'
import { leadersFirst } from './leaders.ts'

const MIB = 1024 * 1024

describe('who copies what several images share', () => {
  const graph = graphOf({
    plain: { blobs: ['a'] },
    one: { blobs: ['base', 'x'] },
    two: { blobs: ['base', 'runtime', 'y'] },
    three: { blobs: ['runtime', 'base'] },
  })
  const led = (
    sizes: Readonly<Record<string, number>>,
    ...places: readonly (readonly [string, string])[]
  ) => {
    const blobs = new Map(Object.entries(sizes).map(([name, size]) => [blobNamed(name), size * MIB]))
    const sends = places.map(([place, root]) => ({ image: imageAt(place, root) }))
    return leadersFirst({ ...graph, blobs }, sends).map(({ image }) => destinationKey(image.destination))
  }

  it('the image that shares most, then the largest, whatever their names', () => {
    const sizes = { a: 500, base: 40, runtime: 20, x: 1, y: 1 }
    const places = [
      ['a:1', 'plain'],
      ['b:1', 'one'],
      ['c:1', 'three'],
      ['d:1', 'two'],
    ] as const
    assert.deepEqual(led(sizes, ...places), ['d:1', 'c:1', 'b:1', 'a:1'])
  })

  it('the first by name, where sizes differ by less than a megabyte', () => {
    assert.deepEqual(led({ base: 0.3, x: 0.1, y: 0.2 }, ['a:1', 'one'], ['b:1', 'two']), ['a:1', 'b:1'])
  })
})
