import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { never } from '../../testdata/mirroring.ts'
import { destinationAt, imageAt } from '../../testdata/sample-graph.ts'
import type { ImageContent } from '../graph/graph.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import { parseRepositoryPath } from '../oci/reference.ts'
import { surveyAttachments } from './attachment-survey.ts'
import { surveyBlobs, surveyManifests, surveyTags } from './survey.ts'

const A = parseRepositoryPath('a')
const B = parseRepositoryPath('team/b')

describe('what the target is asked', () => {
  it('one HEAD for each tag tells what it names, or that it is absent', async () => {
    const target = new MemoryRegistry('mirror.example')
    const digest = target.hold('a', '1', buildImage())
    const actual = await surveyTags(target, ['a:1', 'a:2', 'team/b:1'].map(destinationAt), never())
    assert.deepEqual(
      [...actual],
      [
        ['a:1', digest],
        ['a:2', 'absent'],
        ['team/b:1', 'absent'],
      ],
    )
    assert.deepEqual(target.counts(), { 'HEAD manifest': 3 })
  })

  it('blobs of a repository that does not exist are not asked for one by one', async () => {
    const target = new MemoryRegistry('mirror.example')
    const image = buildImage()
    target.hold('a', '1', image)
    const there = [...image.blobs.keys()]
    const digests = [...there, digestOf('missing')]
    const sizes = new Map<Digest, number>()
    const questions = [A, B].map(repository => ({ repository, digests, exists: false }))
    const found = await surveyBlobs(target, questions, sizes, never())
    assert.deepEqual([...(found.get(A) ?? [])], there)
    assert.deepEqual([...(found.get(B) ?? [])], [])
    assert.deepEqual(target.counts(), { 'GET tags': 2, 'HEAD blob': digests.length })
  })

  it('a repository that is known to exist is not asked whether it does', async () => {
    const target = new MemoryRegistry('mirror.example')
    await surveyBlobs(target, [{ repository: A, digests: [digestOf('x')], exists: true }], new Map(), never())
    await surveyBlobs(target, [{ repository: B, digests: [], exists: false }], new Map(), never())
    assert.deepEqual(target.counts(), { 'HEAD blob': 1 })
  })

  it('where listing tags is forbidden each blob is asked for', async () => {
    const target = new MemoryRegistry('mirror.example')
    target.before = ({ what }) => {
      if (what === 'tags') throw new Error('403')
    }
    await surveyBlobs(
      target,
      [{ repository: A, digests: [digestOf('x')], exists: false }],
      new Map(),
      never(),
    )
    assert.deepEqual(target.counts(), { 'GET tags': 1, 'HEAD blob': 1 })
  })

  it('a manifest is asked for once, however often it is needed', async () => {
    const target = new MemoryRegistry('mirror.example')
    const digest = target.hold('a', undefined, buildImage())
    const question = { repository: A, digest }
    const questions = [question, question, { repository: A, digest: digestOf('missing') }]
    assert.deepEqual(await surveyManifests(target, questions, never()), [question])
    assert.deepEqual(target.counts(), { 'HEAD manifest': 2 })
  })
})

describe('attachments at the target', () => {
  const root = buildImage({ seed: 'root' })
  const signature = buildCosignSignature(root.manifest.digest)
  const attachment = { digest: signature.manifest.digest, subject: root.manifest.digest, tag: signature.tag }
  const image = imageAt('a:1', 'root', { digest: root.manifest.digest, attachments: [attachment] })
  const theirs = buildImage({ seed: 'signed by the mirror' })

  async function survey(hold: (target: MemoryRegistry) => void, before?: ImageContent) {
    const target = new MemoryRegistry('mirror.example')
    hold(target)
    return surveyAttachments(target, image, before, never())
  }

  it('that are not there are missing', async () => {
    assert.deepEqual((await survey(() => {})).missing, [attachment])
  })

  it('that are there are left', async () => {
    const { missing, foreign } = await survey(target => target.hold('a', signature.tag, signature))
    assert.deepEqual([missing, foreign], [[], []])
  })

  it('that somebody else put under the tag are left as they are, with a note', async () => {
    const { missing, foreign, notes } = await survey(target => target.hold('a', signature.tag, theirs))
    assert.deepEqual([missing, foreign], [[], [attachment]])
    assert.match(notes[0] ?? '', new RegExp(`^mirror\\.example/a:${signature.tag} carries something`))
  })

  it('that we put there before are replaced', async () => {
    const before = { ...image, attachments: [{ ...attachment, digest: theirs.manifest.digest }] }
    const { missing } = await survey(target => target.hold('a', signature.tag, theirs), before)
    assert.deepEqual(missing, [attachment])
  })

  it('without a tag are asked for by digest', async () => {
    const target = new MemoryRegistry('mirror.example')
    const { tag: _, ...untagged } = attachment
    await surveyAttachments(target, { ...image, attachments: [untagged] }, undefined, never())
    assert.equal(target.requests[0]?.reference, attachment.digest)
  })
})
