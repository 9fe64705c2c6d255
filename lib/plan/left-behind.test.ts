import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'

const [old, now] = ['old', 'new'].map(seed => buildImage({ seed }))
assert.ok(old && now)
const signature = buildCosignSignature(old.manifest.digest)

describe('the signature of an image whose tag moves', () => {
  it('stays at the target, and the plan says so', async t => {
    const { source, plan, mirror, put } = memoryMirror(t, { 'app:1': old })
    source.hold('app', signature.tag, signature)
    await mirror(['app:1'])
    put('app:1', now)
    assert.deepEqual((await plan(['app:1'])).notes, [
      `what was attached to images that moved stays at the target and is no longer ours: mirror.example/ocp/app:${signature.tag}`,
    ])
  })

  it('stays ours where another tag of the image stays', async t => {
    const { source, plan, mirror, put } = memoryMirror(t, { 'app:1': old, 'app:latest': old })
    source.hold('app', signature.tag, signature)
    await mirror(['app:1', 'app:latest'])
    put('app:latest', now)
    const { notes, summary } = await plan(['app:1', 'app:latest'])
    assert.deepEqual([notes, summary.move], [[], 1])
  })
})
