import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { type MemoryMirror, memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { never } from '../../testdata/mirroring.ts'
import type { Tag } from '../oci/reference.ts'
import { verifyState } from './verify.ts'

const index = buildMultiArch()
const [first] = index.children
const single = buildImage({ seed: 'single' })
const signature = buildCosignSignature(index.manifest.digest)
assert.ok(first)
const [config, layer] = [...first.blobs.keys()]
assert.ok(config && layer)

async function mirrored(t: Parameters<typeof memoryMirror>[0]): Promise<MemoryMirror> {
  const made = memoryMirror(t, { 'app:1': index, 'app:2': index, 'single:1': single })
  made.source.hold('app', signature.tag, signature)
  await made.mirror(['app:1', 'app:2', 'single:1'])
  return made
}

async function verify({ store, target }: MemoryMirror, deep = false) {
  const loaded = await store.read()
  assert.ok(loaded)
  const result = await verifyState(loaded.state, {
    target,
    deep,
    parallel: 4,
    onBytes: () => {},
    signal: never(),
  })
  const said = result.findings.map(
    ({ destination, what, problem }) => `${destination.split('/').at(-1)} ${what} ${problem}`,
  )
  return { ...result, said }
}

describe('verify', () => {
  it('finds nothing wrong after an apply, and asks for each piece once', async t => {
    const made = await mirrored(t)
    const { findings, images, manifests, blobs, bytes } = await verify(made)
    assert.deepEqual(findings, [])
    assert.deepEqual([images, manifests, bytes], [3, 5, 0])
    const { counts } = made.target
    const asked = counts.call(made.target)
    assert.deepEqual(Object.keys(asked).sort(), ['HEAD blob', 'HEAD manifest'])
    assert.equal(asked['HEAD blob'], blobs)
    assert.equal(asked['HEAD manifest'], manifests + 4)
  })

  it('deep reads and hashes every byte, each once', async t => {
    const made = await mirrored(t)
    const { findings, bytes } = await verify(made, true)
    assert.deepEqual(findings, [])
    const held = ['ocp/app', 'ocp/single'].flatMap(repository => {
      const { manifests, blobs } = made.target.content(repository)
      return [
        ...[...manifests.values()].map(raw => raw.bytes.length),
        ...[...blobs.values()].map(b => b.length),
      ]
    })
    assert.equal(
      bytes,
      held.reduce((sum, size) => sum + size, 0),
    )
  })

  for (const deep of [false, true])
    it(`${deep ? 'deep' : 'with HEADs'} finds what is missing, for every image it concerns`, async t => {
      const made = await mirrored(t)
      const app = made.target.content('ocp/app')
      app.manifests.delete(first.manifest.digest)
      app.blobs.delete(layer)
      app.tags.delete(signature.tag)
      made.target.content('ocp/single').tags.clear()
      const { said } = await verify(made, deep)
      assert.deepEqual(said, [
        'app:1 blob missing',
        'app:1 manifest missing',
        'app:1 tag missing',
        'app:2 blob missing',
        'app:2 manifest missing',
        'app:2 tag missing',
        'single:1 tag missing',
      ])
    })

  it('finds a tag that names something else', async t => {
    const made = await mirrored(t)
    made.target.content('ocp/app').tags.set('2' as Tag, first.manifest.digest)
    const { findings, said } = await verify(made)
    assert.deepEqual(said, ['app:2 tag changed'])
    assert.equal(findings[0]?.message, `it names ${first.manifest.digest}`)
  })

  it('finds damaged bytes only when it reads them', async t => {
    const made = await mirrored(t)
    const app = made.target.content('ocp/app')
    app.blobs.set(config, Buffer.alloc(app.blobs.get(config)?.length ?? 0))
    const raw = made.target.content('ocp/single').manifests.get(single.manifest.digest)
    assert.ok(raw)
    made.target
      .content('ocp/single')
      .manifests.set(raw.digest, { ...raw, bytes: Buffer.concat([raw.bytes, Buffer.from(' ')]) })
    assert.deepEqual((await verify(made)).said, [])
    assert.deepEqual((await verify(made, true)).said, [
      'app:1 blob damaged',
      'app:2 blob damaged',
      'single:1 manifest damaged',
    ])
  })

  it('tells what could not be read, and goes on', async t => {
    const made = await mirrored(t)
    made.target.before = ({ repository, method }) => {
      if (repository === 'ocp/single' && method === 'GET') throw new Error('read timeout')
    }
    const { said, findings } = await verify(made, true)
    assert.ok(said.length > 0 && said.every(text => /^single:1 \w+ unreadable$/.test(text)))
    assert.equal(findings[0]?.message, 'read timeout')
  })

  it('changes nothing', async t => {
    const made = await mirrored(t)
    await verify(made, true)
    assert.deepEqual(made.target.mutations, [])
  })
})
