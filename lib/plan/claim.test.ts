import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { never, noCache, wantedImage } from '../../testdata/mirroring.ts'
import { imageAt } from '../../testdata/sample-graph.ts'
import { emptyState } from '../files/fold.ts'
import { decodeState, encodeState } from '../files/state-file.ts'
import { placeImages } from '../graph/naming.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import type { State } from '../state.ts'
import { destinationKey } from '../target.ts'
import { claimImages } from './claim.ts'
import { refreshState } from './refresh.ts'

function claim(target: MemoryRegistry, names: readonly string[], state = emptyState('l', target.address)) {
  const images = placeImages(
    target.address,
    names.map(name => wantedImage(`src.example/${name}`)),
    0,
  )
  return claimImages(images, state, target, noCache, never())
}

describe('import', () => {
  it('takes what is there, whatever its digest, with all below it and attached to it', async () => {
    const target = new MemoryRegistry('mirror.example')
    const index = buildMultiArch()
    const digest = target.hold('app', '1', index)
    const signature = buildCosignSignature(digest)
    target.hold('app', signature.tag, signature)
    const { state, taken, absent } = await claim(target, ['app:1', 'gone:1'])
    assert.deepEqual(taken, state.images)
    assert.equal(taken[0]?.digest, digest)
    assert.equal(taken[0]?.source, 'src.example/app:1')
    assert.deepEqual(
      taken[0]?.attachments.map(({ tag }) => tag),
      [signature.tag],
    )
    assert.deepEqual(
      absent.map(image => destinationKey(image.destination)),
      ['gone:1'],
    )
    assert.equal(decodeState(encodeState(state), 'state').manifests.size, 4)
    assert.deepEqual(target.mutations, [])
  })

  it('records which children of a sparse index are not there', async () => {
    const target = new MemoryRegistry('mirror.example')
    const index = buildMultiArch()
    target.hold('app', '1', index)
    const missing = index.children[1]?.manifest.digest
    assert.ok(missing)
    target.content('app').manifests.delete(missing)
    const { taken } = await claim(target, ['app:1'])
    assert.deepEqual(taken[0]?.omitted, [missing])
  })

  it('leaves what the state holds already, and does not ask for it', async () => {
    const target = new MemoryRegistry('mirror.example')
    target.hold('app', '1', buildImage())
    const { state } = await claim(target, ['app:1'])
    target.forgetRequests()
    const again = await claim(target, ['app:1'], state)
    assert.deepEqual(again.state.images, state.images)
    assert.deepEqual([again.taken.length, again.known.length, target.requests.length], [0, 1, 0])
  })
})

describe('refresh', () => {
  const images = ['a:1', 'b:1', 'c:1', 'd:1'].map(place => imageAt(place, place))
  const state: State = {
    ...emptyState('l', { kind: 'layout', folder: 'x' }),
    images,
  }

  it('drops what is gone or was replaced, and keeps what is there or was not asked for', () => {
    const [a, , c] = images
    assert.ok(a && c)
    const { state: refreshed, drift } = refreshState(
      state,
      new Map<string, Digest | 'absent'>([
        ['a:1', a.digest],
        ['b:1', 'absent'],
        ['c:1', a.digest],
      ]),
    )
    assert.deepEqual(
      refreshed.images.map(image => destinationKey(image.destination)),
      ['a:1', 'd:1'],
    )
    assert.deepEqual(
      drift.map(({ image, found }) => [destinationKey(image.destination), found]),
      [
        ['b:1', 'absent'],
        ['c:1', 'replaced'],
      ],
    )
    assert.equal(refreshed.awaited, undefined)
  })

  it('lets archives bring again what they brought and the target lost', () => {
    const id = digestOf('archive')
    const brought = { ...state, archives: [{ id, number: 1, plan: id }] }
    const actual = new Map<string, Digest | 'absent'>([
      ['b:1', 'absent'],
      ['a:1', 'absent'],
    ])
    const { awaited = [] } = refreshState(brought, actual).state
    assert.deepEqual(awaited.map(destinationKey), ['a:1', 'b:1'])
  })
})
