import assert from 'node:assert/strict'
import { it } from 'node:test'
import { buildCosignSignature, buildImage, buildIndex, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { never } from '../../testdata/mirroring.ts'
import { imageAt } from '../../testdata/sample-graph.ts'
import { PlanError } from '../errors.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { takeCensus } from './census.ts'

const APP = parseRepositoryPath('app')

it('every tag is told with what it names, and what only our tags reach is not foreign', async () => {
  const target = new MemoryRegistry('mirror.example')
  const index = buildMultiArch()
  const digest = target.hold('app', '1', index)
  const signature = buildCosignSignature(digest)
  target.hold('app', signature.tag, signature)
  const attachment = { digest: signature.manifest.digest, subject: digest, tag: signature.tag }
  const ours = [imageAt('app:1', 'x', { digest, attachments: [attachment] })]
  const { tags, foreign } = await takeCensus(target.repository(APP), ours, new Map(), never())
  assert.deepEqual(
    tags,
    new Map([
      [parseTag('1'), digest],
      [signature.tag, signature.manifest.digest],
    ]),
  )
  assert.deepEqual([...foreign], [])
  assert.deepEqual(target.counts(), { 'GET tags': 1, 'HEAD manifest': 2 })
})

it('a tag that was asked for already is not asked for again', async () => {
  const target = new MemoryRegistry('mirror.example')
  const digest = target.hold('app', '1', buildImage())
  const known = new Map([[parseTag('1'), digest]])
  await takeCensus(target.repository(APP), [imageAt('app:1', 'x', { digest })], known, never())
  assert.deepEqual(target.counts(), { 'GET tags': 1 })
})

it("everything that somebody else's tags reach is foreign, indexes in indexes included", async () => {
  const target = new MemoryRegistry('mirror.example')
  const [inner, single] = [buildMultiArch({ seed: 'inner' }), buildImage({ seed: 'single' })]
  const outer = buildIndex([inner, single])
  target.hold('app', 'theirs', outer)
  const { foreign } = await takeCensus(target.repository(APP), [], new Map(), never())
  const reached = [outer, inner, ...inner.children, single].map(({ manifest }) => manifest.digest)
  assert.deepEqual(foreign, new Set(reached))
  assert.equal(target.counts()['GET manifest'], 2)
})

it('a tag of ours that names something else now is foreign', async () => {
  const target = new MemoryRegistry('mirror.example')
  const theirs = target.hold('app', '1', buildImage({ seed: 'theirs' }))
  const ours = [imageAt('app:1', 'ours')]
  const { foreign } = await takeCensus(target.repository(APP), ours, new Map(), never())
  assert.deepEqual([...foreign], [theirs])
})

it('a foreign index that lost a child still counts with what it lists', async () => {
  const target = new MemoryRegistry('mirror.example')
  const inner = buildMultiArch()
  const outer = buildIndex([inner])
  target.hold('app', 'theirs', outer)
  target.content('app').manifests.delete(inner.manifest.digest)
  const { foreign } = await takeCensus(target.repository(APP), [], new Map(), never())
  assert.ok(foreign.has(inner.manifest.digest))
})

it('a repository that shows only some of its tags is not deleted from', async () => {
  const target = new MemoryRegistry('mirror.example', { tagPage: 1 })
  for (const tag of ['1', '2']) target.hold('app', tag, buildImage())
  await assert.rejects(takeCensus(target.repository(APP), [], new Map(), never()), (error: unknown) => {
    return error instanceof PlanError && /--skip-deletes/.test(error.hint ?? '')
  })
})

it('a repository that does not exist is empty', async () => {
  const target = new MemoryRegistry('mirror.example')
  const { tags, foreign } = await takeCensus(target.repository(APP), [], new Map(), never())
  assert.deepEqual([tags.size, foreign.size], [0, 0])
})
