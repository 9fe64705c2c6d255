import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import fc from 'fast-check'
import { wantedImage } from '../../testdata/mirroring.ts'
import type { WantedImage } from '../content/wanted.ts'
import { PlanError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'
import { formatDestination, parseTarget } from '../target.ts'
import { formatSource, parseSource, placeImages, placeRepository } from './naming.ts'

const TARGET = parseTarget('docker://registry.enc1.example:5000/ocp')

describe('where an image goes below the target, by --max-nested-paths', () => {
  const rows: readonly (readonly [string, string, number, string])[] = [
    ['docker://reg', 'ubi8/ubi', 0, 'ubi8/ubi'],
    ['docker://reg/test/72942', 'ubi8/ubi', 0, 'test/72942/ubi8/ubi'],
    ['docker://reg/test/72942', 'ubi8/ubi', 2, 'test/72942-ubi8-ubi'],
    ['docker://reg', 'a/b/c/d/e', 4, 'a/b/c/d-e'],
    ['docker://reg', 'a/b/c/d', 4, 'a/b/c/d'],
    ['docker://reg/a', 'b/c/d/e', 4, 'a/b/c/d-e'],
    ['docker://reg/a', 'b/c', 1, 'a-b-c'],
    ['docker://reg', 'a/b/c/d/e', 0, 'a/b/c/d/e'],
    ['oci://mirror', 'a/b/c', 2, 'a/b-c'],
  ]
  for (const [target, path, limit, place] of rows)
    it(`${path} in ${target} with N=${limit} becomes ${place}`, () => {
      assert.equal(placeRepository(parseTarget(target), parseRepositoryPath(path), limit), place)
    })

  it('never has more components than allowed, and keeps every word of the path', () => {
    const path = fc
      .array(fc.stringMatching(/^[a-z0-9]{1,4}$/), { minLength: 1, maxLength: 8 })
      .map(words => parseRepositoryPath(words.join('/')))
    fc.assert(
      fc.property(path, fc.integer({ min: 1, max: 6 }), (repository, limit) => {
        const placed = placeRepository(TARGET, repository, limit)
        assert.ok(placed.split('/').length <= limit)
        assert.deepEqual(placed.split(/[/-]/), ['ocp', ...repository.split('/')])
      }),
    )
  })
})

describe('images that meet at one destination', () => {
  it('two sources at one destination are refused, and the error names both of every clash', () => {
    const wanted = ['a.example/x:1', 'b.example/x:1', 'a.example/y:1', 'a.example/z:1', 'b.example/z:1']
    assert.throws(
      () => placeImages(TARGET, wanted.map(wantedImage), 0),
      error =>
        error instanceof PlanError &&
        error.message.split('\n').length === 2 &&
        error.message.includes('ocp/x:1: a.example/x:1 and b.example/x:1') &&
        error.message.includes('ocp/z:1: a.example/z:1 and b.example/z:1') &&
        /targetRepo or targetTag/.test(error.hint ?? ''),
    )
  })

  it('paths that only --max-nested-paths makes equal are refused too', () => {
    const wanted = ['a.example/x/y-z:1', 'a.example/x/y/z:1'].map(wantedImage)
    assert.equal(placeImages(TARGET, wanted, 0).length, 2)
    assert.throws(() => placeImages(TARGET, wanted, 3), /two sources meet at .*ocp\/x\/y-z:1/)
  })

  it('the same source wanted twice is one image with both origins', () => {
    const renamed: WantedImage = {
      ...wantedImage('a.example/x:1'),
      origins: [{ kind: 'additionalImage', name: 'x' }],
    }
    const [image, ...rest] = placeImages(TARGET, [wantedImage('a.example/x:1'), renamed, renamed], 0)
    assert.equal(rest.length, 0)
    assert.deepEqual(
      image?.origins,
      ['a.example/x:1', 'x'].map(name => ({ kind: 'additionalImage', name })),
    )
  })

  const unions: readonly (readonly [string, string, readonly string[]])[] = [
    [' linux/arm64', ' linux/amd64', ['linux/amd64', 'linux/arm64']],
    [' linux/amd64', ' linux/amd64', ['linux/amd64']],
    [' linux/amd64', '', []],
    ['', ' linux/s390x', []],
  ]
  for (const [first, second, platforms] of unions)
    it(`wanted for "${first}" and for "${second}", it is wanted for "${platforms}" (all when empty)`, () => {
      const wanted = [`a.example/x:1${first}`, `a.example/x:1${second}`].map(wantedImage)
      assert.deepEqual(placeImages(TARGET, wanted, 0)[0]?.platforms, platforms)
    })

  it('the same content by digest is one image, with and without its tag', () => {
    const digest = digestOf('x')
    const wanted = [`a.example/x:1@${digest}`, `a.example/x@${digest}`].map(name => ({
      ...wantedImage(name),
      tag: parseTag('1'),
    }))
    const [image, ...rest] = placeImages(TARGET, wanted, 0)
    assert.deepEqual([rest.length, image?.origins.length], [0, 2])
    const other = { ...wantedImage(`a.example/x@${digestOf('y')}`), tag: parseTag('1') }
    assert.throws(() => placeImages(TARGET, [...wanted, other], 0), /two sources meet/)
  })

  it('wanted twice, how its index is cut down is said by whichever says it', () => {
    const plain = wantedImage('a.example/x:1 linux/amd64')
    const cut: WantedImage = { ...plain, platformIndex: 'rewrite' }
    for (const wanted of [
      [plain, cut],
      [cut, plain],
    ])
      assert.equal(placeImages(TARGET, wanted, 0)[0]?.platformIndex, 'rewrite')
  })

  it('the order of the image set does not matter for the order of the images', () => {
    const names = ['a.example/b:2', 'a.example/b:1', 'a.example/a/z:1', 'a.example/a:9']
    const placed = (list: readonly string[]) =>
      placeImages(TARGET, list.map(wantedImage), 0).map(image => formatDestination(TARGET, image.destination))
    assert.deepEqual(placed(names), placed(names.toReversed()))
    assert.deepEqual(
      placed(names).map(text => text.slice('registry.enc1.example:5000/ocp/'.length)),
      ['a/z:1', 'a:9', 'b:1', 'b:2'],
    )
  })
})

test('the text of a source reads back as the same source', () => {
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,8}$/).map(parseTag)
  const registry = fc
    .record({
      host: fc.constantFrom('quay.io', 'localhost:5000', '[::1]:5000', 'docker.io'),
      path: fc.constantFrom('a/b', 'library/alpine', 'x/y-z/q'),
      tag: fc.option(tag, { nil: undefined }),
      digest: fc.option(fc.nat(9).map(String), { nil: undefined }),
    })
    .map(({ host, path, tag, digest }): ImageSource => {
      const by = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digestOf(digest)}`}`
      return { kind: 'registry', reference: parseReference(`${host}/${path}${by}`) }
    })
  const word = fc.stringMatching(/^[a-z0-9._-]{1,6}$/)
  const parents = fc.array(fc.stringMatching(/^[a-z0-9.:_-]{1,6}$/), { maxLength: 3 })
  const layout = fc
    .record({ parents, last: word, tag: fc.option(tag, { nil: undefined }) })
    .map(({ parents, last, tag }): ImageSource => {
      const folder = ['', ...parents, last].join('/')
      return tag === undefined ? { kind: 'layout', folder } : { kind: 'layout', folder, tag }
    })
  fc.assert(
    fc.property(fc.oneof(registry, layout), source => {
      assert.deepEqual(parseSource(formatSource(source)), source)
    }),
  )
})
