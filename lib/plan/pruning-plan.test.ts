import assert from 'node:assert/strict'
import { it } from 'node:test'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { encodePruningPlan } from './pruning-plan.ts'

it('a pruning plan lists the manifests that go, children of an index among them, sorted, as oc-mirror v1 writes it', async t => {
  const [index, image] = [buildMultiArch({ seed: 'index' }), buildImage({ seed: 'image' })]
  const mirror = memoryMirror(t, { 'b/index:1': index, 'a:1': image, 'kept:1': buildImage({ seed: 'kept' }) })
  await mirror.mirror(['b/index:1', 'a:1', 'kept:1'])
  const text = encodePruningPlan(await mirror.plan(['kept:1']))
  const digests = [index, ...index.children].map(({ manifest }) => manifest.digest).sort()
  assert.deepEqual(JSON.parse(text ?? ''), {
    registry: 'mirror.example',
    repositories: [
      { name: 'ocp/a', manifests: [image.manifest.digest] },
      { name: 'ocp/b/index', manifests: digests },
    ],
  })
  assert.match(
    text ?? '',
    /^\{\n "registry": "mirror\.example",\n "repositories": \[\n {2}\{\n {3}"name": "ocp\/a",/,
  )
})

it('a pruning plan leaves out what another tag keeps, also where the registry deletes tags only', async t => {
  const [shared, alone] = [buildImage({ seed: 'shared' }), buildImage({ seed: 'alone' })]
  for (const deleteManifest of ['yes', 'no'] as const) {
    const mirror = memoryMirror(
      t,
      { 'a:1': shared, 'b:1': alone, 'kept:1': buildImage({ seed: 'kept' }) },
      { abilities: { deleteManifest } },
    )
    await mirror.mirror(['a:1', 'b:1', 'kept:1'])
    mirror.target.hold('ocp/a', 'theirs', shared)
    assert.deepEqual(
      JSON.parse(encodePruningPlan(await mirror.plan(['kept:1'])) ?? ''),
      { registry: 'mirror.example', repositories: [{ name: 'ocp/b', manifests: [alone.manifest.digest] }] },
      deleteManifest,
    )
  }
})

it('a pruning plan of no deletes is empty, and a folder has none', async t => {
  const mirror = memoryMirror(t, { 'a:1': buildImage() })
  const plan = await mirror.plan(['a:1'])
  assert.deepEqual(JSON.parse(encodePruningPlan(plan) ?? ''), {
    registry: 'mirror.example',
    repositories: [],
  })
  assert.equal(encodePruningPlan({ ...plan, target: { kind: 'layout', folder: 'x' } }), undefined)
})
