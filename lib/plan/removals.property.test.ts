import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { attachmentOf, graphOf, imageAt, manifestNamed, tagsOf } from '../../testdata/sample-graph.ts'
import { closureOf, type ImageContent, manifestsBelow } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import { parseTag, type Tag } from '../oci/reference.ts'
import type { Ability } from '../provider.ts'
import type { RemovalStep } from './plan.ts'
import { planRemovals } from './removals.ts'

const STORE = graphOf({
  'index 0': { manifests: ['image 0', 'image 1'] },
  'index 1': { manifests: ['image 1', 'image 2', 'index 0'] },
  'index 2': { manifests: ['image 3'] },
  'signature 0': {},
  'signature 1': {},
  'signature of signature 0': {},
  sbom: {},
})
const ROOTS = ['image 0', 'image 1', 'image 2', 'image 3', 'index 0', 'index 1', 'index 2']
/** Attachments are a matter of the digest: every tag on a digest has the same. */
const ATTACHED = {
  'image 1': [attachmentOf('image 1', 'signature 0', 'image1.sig'), attachmentOf('image 1', 'sbom')],
  'index 0': [
    attachmentOf('index 0', 'signature 1', 'index0.sig'),
    attachmentOf('image 1', 'signature 0', 'image1.sig'),
    attachmentOf('signature 0', 'signature of signature 0', 'sig0.sig'),
  ],
} as const

/** A registry on which deleting a manifest takes all its tags along. */
class Simulated {
  readonly tags: Map<Tag, Digest>
  readonly manifests = new Set(STORE.manifests.keys())

  constructor(tags: ReadonlyMap<Tag, Digest>) {
    this.tags = new Map(tags)
  }

  run(step: RemovalStep): void {
    switch (step.do) {
      case 'delete-tag':
        this.tags.delete(step.tag)
        return
      case 'delete-manifest':
        this.deleteManifest(step.digest)
        return
      case 'displace-tag':
        this.tags.set(step.tag, step.with)
        this.deleteManifest(step.with)
        return
      default:
        step satisfies never
    }
  }

  deleteManifest(digest: Digest): void {
    this.manifests.delete(digest)
    for (const [tag, named] of this.tags) if (named === digest) this.tags.delete(tag)
  }
}

function ourImage(tag: string, word: string): ImageContent {
  const attachments = word === 'image 1' || word === 'index 0' ? ATTACHED[word] : []
  return imageAt(`app:${tag}`, word, { attachments })
}

function below(digest: Digest): readonly Digest[] {
  return manifestsBelow(STORE, digest, new Set())
}

const scenes = fc.record({
  ours: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(...ROOTS)),
  going: fc.subarray(['a', 'b', 'c', 'd', 'e']),
  theirs: fc.dictionary(
    fc.constantFrom('x', 'y', 'sig0.sig', 'index0.sig'),
    fc.constantFrom(...ROOTS, 'sbom'),
  ),
  can: fc.constantFrom<readonly [Ability, Ability]>(
    ['yes', 'yes'],
    ['no', 'yes'],
    ['unknown', 'yes'],
    ['yes', 'no'],
    ['yes', 'unknown'],
  ),
})

it('whatever is deleted, every other tag and all that stays reachable is still there', () => {
  fc.assert(
    fc.property(scenes, ({ ours, going, theirs, can: [deleteTag, deleteManifest] }) => {
      const images = Object.entries(ours).map(([tag, word]) => ourImage(tag, word))
      const leaves = (image: ImageContent) => going.includes(image.destination.tag)
      const staying = images.filter(image => !leaves(image))
      const own = new Map(
        images.flatMap(({ destination, digest, attachments }) => [
          [destination.tag, digest] as const,
          ...attachments.flatMap(({ tag, digest }) => (tag ? [[tag, digest] as const] : [])),
        ]),
      )
      const foreignTags = tagsOf(theirs)
      const tags = new Map([...own, ...foreignTags])
      const isForeign = ([tag, digest]: readonly [Tag, Digest]) => own.get(tag) !== digest
      const foreign = new Set([...tags].filter(isForeign).flatMap(([, digest]) => below(digest)))
      const planned = planRemovals(STORE, {
        repository: 'app',
        going: images.filter(leaves),
        staying,
        census: { tags, foreign },
        deleteTag,
        deleteManifest,
      })
      const registry = new Simulated(tags)
      for (const { removal } of planned)
        for (const step of removal.steps) {
          if (step.do === 'delete-manifest')
            for (const [tag, named] of registry.tags)
              assert.ok(named !== step.digest || step.releases.includes(tag), `${tag} is released`)
          registry.run(step)
        }
      for (const tag of going) if (ours[tag]) assert.ok(!registry.tags.has(parseTag(tag)), `${tag} went`)
      const stays = [...staying.flatMap(image => closureOf(STORE, image)), ...foreign]
      for (const digest of stays) assert.ok(registry.manifests.has(digest), 'what is needed is there')
      for (const { destination, digest } of staying) assert.equal(registry.tags.get(destination.tag), digest)
      for (const [tag, digest] of [...tags].filter(isForeign)) assert.equal(registry.tags.get(tag), digest)
      for (const [, digest] of registry.tags)
        for (const needed of below(digest)) assert.ok(registry.manifests.has(needed), 'tags reach all')
      if (deleteTag === 'yes' && deleteManifest === 'yes' && staying.length === 0 && foreign.size === 0)
        for (const image of images)
          for (const digest of closureOf(STORE, image))
            assert.ok(!registry.manifests.has(digest), 'nothing is left behind')
    }),
    { numRuns: 500 },
  )
})

it('an unwanted image leaves nothing behind where nobody else is', () => {
  const image = ourImage('a', 'index 0')
  const census = {
    tags: tagsOf({ a: 'index 0', 'index0.sig': 'signature 1', 'image1.sig': 'signature 0' }),
    foreign: new Set<Digest>(),
  }
  const [planned] = planRemovals(STORE, {
    repository: 'app',
    going: [image],
    staying: [],
    census,
    deleteTag: 'no',
    deleteManifest: 'yes',
  })
  const registry = new Simulated(census.tags)
  for (const step of planned?.removal.steps ?? []) registry.run(step)
  assert.equal(registry.tags.size, 0)
  assert.ok(!registry.manifests.has(manifestNamed('signature 0')))
})
