import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { attachmentOf, graphOf, imageAt, manifestNamed, tagsOf } from '../../testdata/sample-graph.ts'
import type { ImageContent } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RemovalStep } from './plan.ts'
import { planRemovals } from './removals.ts'

const STORE = graphOf({
  index: { manifests: ['amd64', 'arm64'] },
  other: { manifests: ['arm64', 's390x'] },
  single: { blobs: ['layer'] },
  signature: {},
  sbom: {},
  'signature of the sbom': {},
})
const WORDS = new Map(
  ['index', 'other', 'single', 'amd64', 'arm64', 's390x', 'signature', 'sbom', 'signature of the sbom'].map(
    word => [manifestNamed(word), word],
  ),
)
const NAMES: ReadonlyMap<Digest, string> = WORDS

interface Scene {
  readonly going: readonly ImageContent[]
  readonly staying?: readonly ImageContent[]
  readonly tags: Readonly<Record<string, string>>
  /** Manifests that others have a use for. */
  readonly foreign?: readonly string[]
  readonly can?: 'untag and delete' | 'delete' | 'untag'
}

function remove({ going, staying = [], tags, foreign = [], can = 'untag and delete' }: Scene) {
  return planRemovals(STORE, {
    repository: 'app',
    going,
    staying,
    census: { tags: tagsOf(tags), foreign: new Set(foreign.map(manifestNamed)) },
    deleteTag: can === 'delete' ? 'no' : 'yes',
    deleteManifest: can === 'untag' ? 'no' : 'yes',
  })
}

function say(step: RemovalStep): string {
  switch (step.do) {
    case 'delete-tag':
      return `untag ${step.tag}`
    case 'delete-manifest':
      return `delete ${NAMES.get(step.digest)}${step.releases.length > 0 ? ` (${step.releases})` : ''}`
    case 'displace-tag':
      return `displace ${step.tag}`
  }
}

function stepsOf(scene: Scene): readonly string[] {
  return remove(scene).flatMap(({ removal }) => removal.steps.map(say))
}

const one = imageAt('app:1', 'single')
const two = imageAt('app:2', 'single')
const multi = imageAt('app:multi', 'index')

describe('the last tag on a digest', () => {
  const scene = { going: [one], tags: { 1: 'single', unrelated: 'other' } }
  it('goes, and the digest with it', () => {
    assert.deepEqual(stepsOf(scene), ['untag 1', 'delete single (1)'])
  })
  it('goes by digest alone where the registry cannot delete tags', () => {
    assert.deepEqual(stepsOf({ ...scene, can: 'delete' }), ['delete single (1)'])
  })
  it('goes alone where the registry cannot delete manifests', () => {
    assert.deepEqual(stepsOf({ ...scene, can: 'untag' }), ['untag 1'])
  })
})

describe('a digest that two tags share', () => {
  const tags = { 1: 'single', 2: 'single' }
  for (const [whose, staying, foreign] of [
    ['a tag of ours that stays', [two], []],
    ['an unmanaged tag', [], ['single']],
  ] as const)
    for (const [can, steps] of [
      ['untag and delete', ['untag 1']],
      ['delete', ['displace 1']],
      ['untag', ['untag 1']],
    ] as const)
      it(`with ${whose} is kept where the registry can ${can}, and the plan names the tag`, () => {
        const scene = { going: [one], staying, tags, foreign, can }
        assert.deepEqual(stepsOf(scene), steps)
        assert.deepEqual(remove(scene)[0]?.removal.sparedTags, ['2'])
      })

  it('goes with the last of them when both go', () => {
    const scene = { going: [one, two], tags }
    assert.deepEqual(stepsOf(scene), ['untag 1', 'untag 2', 'delete single (1,2)'])
    assert.deepEqual(stepsOf({ ...scene, can: 'delete' }), ['delete single (1,2)'])
    assert.deepEqual(remove(scene)[0]?.removal.sparedTags, [])
  })

  it('is kept when another tag of ours is about to arrive on it', () => {
    assert.deepEqual(stepsOf({ going: [one], staying: [two], tags: { 1: 'single' } }), ['untag 1'])
  })
})

describe('what an index lists', () => {
  it('goes after it, when nothing else has a use for it', () => {
    assert.deepEqual(stepsOf({ going: [multi], tags: { multi: 'index' } }), [
      'untag multi',
      'delete index (multi)',
      'delete arm64',
      'delete amd64',
    ])
  })

  it('stays when an index of ours that stays lists it too', () => {
    const scene = {
      going: [multi],
      staying: [imageAt('app:o', 'other')],
      tags: { multi: 'index', o: 'other' },
    }
    assert.deepEqual(stepsOf(scene), ['untag multi', 'delete index (multi)', 'delete amd64'])
  })

  it("stays when somebody else's tag reaches it", () => {
    const scene = { going: [multi], tags: { multi: 'index', theirs: 'other' }, foreign: ['other', 'arm64'] }
    assert.deepEqual(stepsOf(scene), ['untag multi', 'delete index (multi)', 'delete amd64'])
  })

  it('loses its tag but stays itself, when it is the image that goes and an index lists it', () => {
    const child = imageAt('app:child', 'arm64')
    const scene = { going: [child], staying: [multi], tags: { multi: 'index', child: 'arm64' } }
    assert.deepEqual(stepsOf(scene), ['untag child'])
    assert.deepEqual(stepsOf({ ...scene, can: 'delete' }), ['displace child'])
  })

  it('with a tag of its own that goes too is deleted after the index, by that tag', () => {
    const child = imageAt('app:child', 'arm64')
    const scene = { going: [child, multi], tags: { multi: 'index', child: 'arm64' } }
    assert.deepEqual(stepsOf(scene), [
      'untag multi',
      'delete index (multi)',
      'delete amd64',
      'untag child',
      'delete arm64 (child)',
    ])
  })
})

describe('what is attached', () => {
  const attachments = [
    attachmentOf('single', 'signature', 'single.sig'),
    attachmentOf('single', 'sbom'),
    attachmentOf('sbom', 'signature of the sbom', 'sbom.sig'),
  ]
  const signed = (tag: string) => imageAt(`app:${tag}`, 'single', { attachments })
  const tags = { 1: 'single', 'single.sig': 'signature', 'sbom.sig': 'signature of the sbom' }

  it('goes with the image, and what is attached to that too', () => {
    assert.deepEqual(stepsOf({ going: [signed('1')], tags }), [
      'untag 1',
      'delete single (1)',
      'untag single.sig',
      'delete signature (single.sig)',
      'untag sbom.sig',
      'delete signature of the sbom (sbom.sig)',
      'delete sbom',
    ])
  })

  it('stays, all of it, when another tag keeps the image', () => {
    const shared = { ...tags, 2: 'single' }
    assert.deepEqual(stepsOf({ going: [signed('1')], staying: [signed('2')], tags: shared }), ['untag 1'])
    assert.deepEqual(stepsOf({ going: [signed('1')], tags: shared, foreign: ['single'] }), ['untag 1'])
  })

  it('goes once when both tags on the image go', () => {
    const steps = stepsOf({ going: [signed('1'), signed('2')], tags: { ...tags, 2: 'single' } })
    assert.equal(steps.filter(step => step === 'untag single.sig').length, 1)
    assert.equal(steps.at(-2), 'delete single (1,2)')
  })

  it('stays when somebody has put its tag on something else', () => {
    const retagged = { ...tags, 'single.sig': 'other' }
    const steps = stepsOf({ going: [signed('1')], tags: retagged, foreign: ['other', 'arm64', 's390x'] })
    assert.ok(!steps.includes('untag single.sig'))
  })

  it('to a child stays when the child does', () => {
    const withSignedChild = imageAt('app:multi', 'index', {
      attachments: [attachmentOf('arm64', 'signature', 'arm64.sig')],
    })
    const scene = {
      going: [withSignedChild],
      tags: { multi: 'index', 'arm64.sig': 'signature', theirs: 'other' },
      foreign: ['other', 'arm64', 's390x'],
    }
    assert.deepEqual(stepsOf(scene), ['untag multi', 'delete index (multi)', 'delete amd64'])
  })
})
