import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { shortDigest } from '../oci/digest.ts'
import type { ImmutableTag } from '../provider.ts'
import { type Destination, destinationKey } from '../target.ts'

const [OLD, NEW] = [buildImage({ seed: 'old' }), buildImage({ seed: 'new' })]
const NAMES = ['app:1', 'app:2']

/** A target that holds two images, whose tags at the source have moved since, and tells that some cannot. */
async function movedAt(t: TestContext, immutable: readonly string[]) {
  const mirror = memoryMirror(t, { 'app:1': OLD, 'app:2': OLD })
  const asked: string[] = []
  const immutableTags = async (tags: readonly Destination[]): Promise<readonly ImmutableTag[]> => {
    asked.push(...tags.map(destinationKey))
    return tags
      .filter(tag => immutable.includes(destinationKey(tag)))
      .map(destination => ({ destination, because: 'so it says', advice: 'let it move' }))
  }
  Object.assign(mirror.target, { immutableTags })
  await mirror.mirror(NAMES)
  return { ...mirror, asked }
}

describe('a target whose tags cannot be moved', () => {
  it('refuses the plan: which tag, from which digest to which, and what to do', async t => {
    const { plan, put } = await movedAt(t, ['ocp/app:1'])
    for (const name of NAMES) put(name, NEW)
    await assert.rejects(plan(NAMES), {
      name: 'PlanError',
      message: `mirror.example/ocp/app:1 is immutable (so it says): it names ${shortDigest(OLD.manifest.digest)}, wanted ${shortDigest(NEW.manifest.digest)}`,
      hint: 'let it move; or give the image another targetTag, or leave it out with --exclude',
    })
  })

  it('is asked only about tags that are to move, and leaving one out leaves the others', async t => {
    const { plan, put, asked } = await movedAt(t, ['ocp/app:1'])
    assert.deepEqual((await plan(NAMES)).changes, [])
    assert.deepEqual(asked, [])
    for (const name of NAMES) put(name, NEW)
    const { changes } = await plan(NAMES, { exclude: ['app:1'] })
    assert.deepEqual(
      changes.map(({ action }) => action),
      ['move'],
    )
    assert.deepEqual(asked, ['ocp/app:2'])
  })

  it('refuses also to put back what somebody replaced', async t => {
    const { plan, target } = await movedAt(t, ['ocp/app:2'])
    target.hold('ocp/app', '2', NEW)
    await assert.rejects(plan(NAMES), /app:2 is immutable .*: it names/)
  })

  it('refuses to displace a tag where deletes go by digest alone', async t => {
    const { plan, target, asked } = await movedAt(t, ['ocp/app:2'])
    target.can = { ...target.can, deleteTag: 'no' }
    await assert.rejects(plan(['app:1']), /app:2 is immutable .* put on an empty manifest/)
    assert.deepEqual(asked, ['ocp/app:2'])
  })

  it('is not asked with --refresh=false', async t => {
    const { plan, put, asked } = await movedAt(t, ['ocp/app:1'])
    put('app:1', NEW)
    put('app:2', NEW)
    await plan(['app:1', 'app:2'], { refresh: false })
    assert.deepEqual(asked, [])
  })
})
