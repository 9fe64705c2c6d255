import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { attachmentOf, imageAt, manifestNamed } from '../../testdata/sample-graph.ts'
import type { ImageContent } from '../graph/graph.ts'
import { parseTag } from '../oci/reference.ts'
import { destinationKey } from '../target.ts'
import { type Actual, classify, descriptionNews, type Verdict } from './classify.ts'

/** `-`: not there or not wanted, `?`: not asked. */
type Word = 'D' | 'S' | 'X' | '-' | '?'

const PLACE = 'app:1'

function verdictOn(wanted: Word, held: Word, found: Word, isProtected = false): Verdict | undefined {
  const images = (word: Word) => (word === '-' ? [] : [imageAt(PLACE, word)])
  const verdicts = classify(images(wanted), images(held), actualOf(PLACE, found), () => isProtected)
  assert.ok(verdicts.length <= 1)
  return verdicts[0]
}

function actualOf(key: string, found: Word): Actual {
  if (found === '?') return new Map()
  return new Map([[key, found === '-' ? 'absent' : manifestNamed(found)]])
}

describe('what happens to a destination', () => {
  const rows: readonly (readonly [string, Word, Word, Word, Verdict['action']])[] = [
    ['wanted and nowhere yet: added', 'D', '-', '-', 'add'],
    ['wanted, target not asked: added', 'D', '-', '?', 'add'],
    ['wanted and there already: adopted', 'D', '-', 'D', 'adopt'],
    ["wanted where somebody else's image is: a conflict", 'D', '-', 'X', 'conflict'],
    ['held and there: kept', 'D', 'D', 'D', 'keep'],
    ['held, target not asked: kept', 'D', 'D', '?', 'keep'],
    ['held and gone from the target: repaired', 'D', 'D', '-', 'repair'],
    ['held and replaced at the target: repaired', 'D', 'D', 'X', 'repair'],
    ['held at another digest, the new one is there: adopted', 'D', 'S', 'D', 'adopt'],
    ['held at another digest, which is there: moved', 'D', 'S', 'S', 'move'],
    ['held at another digest, target not asked: moved', 'D', 'S', '?', 'move'],
    ['held at another digest, gone from the target: moved', 'D', 'S', '-', 'move'],
    ['held at another digest, replaced at the target: moved', 'D', 'S', 'X', 'move'],
    ['no longer wanted and there: deleted', '-', 'S', 'S', 'delete'],
    ['no longer wanted, target not asked: deleted', '-', 'S', '?', 'delete'],
    ['no longer wanted and gone already: forgotten', '-', 'S', '-', 'forget'],
    ['no longer wanted and replaced by somebody: forgotten', '-', 'S', 'X', 'forget'],
  ]
  for (const [name, wanted, held, found, action] of rows)
    it(name, () => {
      assert.equal(verdictOn(wanted, held, found)?.action, action)
    })

  for (const found of ['S', '?'] as const)
    it(`no longer wanted but protected (target says ${found}): forgotten, and the reason says so`, () => {
      const verdict = verdictOn('-', 'S', found, true)
      assert.equal(verdict?.action, 'forget')
      assert.match(verdict.reason, /protected/)
    })

  it('a component that another channel asks for as well, or a new signature, changes only what is known of it', () => {
    const etcd = (...channels: readonly string[]): Partial<ImageContent> => ({
      origins: [{ kind: 'release', version: '4.16.8', architecture: 'x86_64', channels, component: 'etcd' }],
    })
    const held = imageAt(PLACE, 'D', etcd('stable-4.16'))
    const news = [
      imageAt(PLACE, 'D', etcd('eus-4.16', 'stable-4.16')),
      { ...held, releaseSignatures: ['QQ=='] },
      held,
    ]
    assert.deepEqual(
      news.map(image => [
        classify([image], [held], actualOf(PLACE, 'D'), () => false)[0]?.action,
        descriptionNews(image, held),
      ]),
      [
        ['adopt', 'wanted for another reason now'],
        ['adopt', 'comes with other signatures now'],
        ['keep', undefined],
      ],
    )
  })

  it('what an archive brought is still that when it is described anew, and no longer when it is sent anew', () => {
    const arrivedIn = manifestNamed('archive')
    const held = imageAt(PLACE, 'D', { arrivedIn })
    const described = { ...imageAt(PLACE, 'D'), source: 'quay.io/other/app:1' }
    const arrivals = (['D', '-'] as const).map(found => {
      const verdict = classify([described], [held], actualOf(PLACE, found), () => false)[0]
      return [verdict?.action, verdict?.image.arrivedIn]
    })
    assert.deepEqual(arrivals, [
      ['adopt', arrivedIn],
      ['repair', undefined],
    ])
  })

  it('a move keeps the old digest, expects what was found, and tells of drift', () => {
    const verdict = verdictOn('D', 'S', 'X')
    assert.equal(verdict?.action, 'move')
    assert.equal(verdict.from, manifestNamed('S'))
    assert.equal(verdict.expect, manifestNamed('X'))
    assert.match(verdict.reason ?? '', /holds sha256:.* instead/)
    const plain = verdictOn('D', 'S', 'S')
    assert.ok(plain?.action === 'move' && plain.reason === undefined)
  })
})

describe('an image that is held and there', () => {
  const verdictOf = (now: Partial<ImageContent>, before: Partial<ImageContent>) =>
    classify([imageAt(PLACE, 'D', now)], [imageAt(PLACE, 'D', before)], actualOf(PLACE, 'D'), () => false)[0]

  it('with a new attachment is added to, and the reason names it', () => {
    const verdict = verdictOf({ attachments: [attachmentOf('D', 'signature', 'sha256-1.sig')] }, {})
    assert.ok(verdict?.action === 'add')
    assert.equal(verdict.reason, 'new attachment: sha256-1.sig')
  })

  it('with a new platform is added to, and the reason names the choice', () => {
    const verdict = verdictOf(
      { platforms: ['linux/amd64', 'linux/arm64'], omitted: [manifestNamed('s390x')] },
      { platforms: ['linux/amd64'], omitted: [manifestNamed('arm64'), manifestNamed('s390x')] },
    )
    assert.ok(verdict?.action === 'add')
    assert.equal(verdict.reason, 'platforms: linux/amd64, linux/arm64')
  })

  const origins = [{ kind: 'additionalImage', name: 'renamed' }] as const
  const told: readonly (readonly [string, Partial<ImageContent>, string])[] = [
    [
      'with fewer platforms',
      { platforms: ['linux/amd64'], omitted: [manifestNamed('arm64')] },
      'wanted for other platforms now',
    ],
    ['from another source', { source: 'other.example/app:1', origins }, 'comes from another source now'],
    ['wanted for another reason', { origins }, 'wanted for another reason now'],
  ]
  for (const [name, now, reason] of told)
    it(`${name} changes only the state, and there are words for it`, () => {
      assert.equal(verdictOf(now, {})?.action, 'adopt')
      assert.equal(descriptionNews(imageAt(PLACE, 'D', now), imageAt(PLACE, 'D')), reason)
    })
})

describe('for any desired, state and actual', () => {
  const words = fc.constantFrom<Word[]>('D', 'S', 'X')
  const places = ['a:1', 'a:2', 'b/c:1', 'd:1']
  const images = fc
    .dictionary(fc.constantFrom(...places), words)
    .map(entries => Object.entries(entries).map(([place, word]) => imageAt(place, word)))
  const actual = fc
    .dictionary(fc.constantFrom(...places), fc.constantFrom<Word[]>('D', 'S', 'X', '-'))
    .map(entries => new Map(Object.entries(entries).flatMap(([key, word]) => [...actualOf(key, word)])))

  it('every destination that is wanted or held gets exactly one verdict, in order, and nothing else is named', () => {
    fc.assert(
      fc.property(images, images, actual, fc.boolean(), (desired, held, found, isProtected) => {
        const named = classify(desired, held, found, () => isProtected).map(({ image }) =>
          destinationKey(image.destination),
        )
        const all = new Set([...desired, ...held].map(image => destinationKey(image.destination)))
        assert.deepEqual(named, [...all].sort())
      }),
    )
  })

  it('what is desired, held and there is kept', () => {
    fc.assert(
      fc.property(images, desired => {
        const found = new Map(desired.map(image => [destinationKey(image.destination), image.digest]))
        for (const { action } of classify(desired, desired, found, () => false)) assert.equal(action, 'keep')
      }),
    )
  })

  it('nothing is deleted that is wanted, not held, or names something else', () => {
    fc.assert(
      fc.property(images, images, actual, (desired, held, found) => {
        for (const verdict of classify(desired, held, found, () => false)) {
          if (verdict.action !== 'delete') continue
          const key = destinationKey(verdict.image.destination)
          assert.ok(held.includes(verdict.image))
          assert.ok(!desired.some(image => destinationKey(image.destination) === key))
          assert.ok([undefined, verdict.image.digest].includes(found.get(key) as typeof verdict.image.digest))
        }
      }),
    )
  })
})

it('an attachment whose tag names other content than before is new', () => {
  const tag = parseTag('sha256-1.sig')
  const now = imageAt(PLACE, 'D', { attachments: [{ ...attachmentOf('D', 'signed again'), tag }] })
  const before = imageAt(PLACE, 'D', { attachments: [{ ...attachmentOf('D', 'signed'), tag }] })
  assert.equal(classify([now], [before], new Map(), () => false)[0]?.action, 'add')
})
