import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import { openTestClient, readerOf, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { Bandwidth, parseBandwidth } from './bandwidth.ts'

test('a bandwidth is a number with a unit, of a second', () => {
  assert.equal(parseBandwidth('50MiB'), 50 * 1024 * 1024)
  assert.equal(parseBandwidth('2.5 MB/s'), 2_500_000)
  assert.equal(parseBandwidth('64kib/s'), 65_536)
  assert.equal(parseBandwidth('800000'), 800_000)
  for (const wrong of ['', 'fast', '10 Mbit', '0', '-5MiB', '1TiB'])
    assert.throws(() => parseBandwidth(wrong), UsageError, wrong)
})

async function* pieces(size: number, total: number): AsyncGenerator<Uint8Array> {
  for (let left = total; left > 0; left -= size) yield new Uint8Array(Math.min(size, left))
}

for (const size of [1000, 65_536, 1_000_000])
  test(`blobs that flow at once in pieces of ${size} bytes share the bandwidth, within ten percent`, async () => {
    const clock = new VirtualClock()
    const bandwidth = new Bandwidth(5_000_000, clock)
    const signal = new AbortController().signal
    const one = async () => {
      for await (const _ of bandwidth.received(pieces(size, 8_000_000), signal));
    }
    await clock.run(Promise.all([one(), one(), one(), one()]))
    const rate = 32_000_000 / (clock.now() / 1000)
    assert.ok(Math.abs(rate / 5_000_000 - 1) < 0.1, `${rate}`)
  })

test('reading and writing have the whole bandwidth each', async () => {
  const clock = new VirtualClock()
  const bandwidth = new Bandwidth(1_000_000, clock)
  const signal = new AbortController().signal
  const copy = async () => {
    for await (const _ of bandwidth.sent(bandwidth.received(pieces(50_000, 4_000_000), signal), signal));
  }
  await clock.run(copy())
  assert.ok(clock.now() > 3600 && clock.now() < 4400, `${clock.now()}`)
})

test('a registry’s blobs are read under the limit', async t => {
  const blob = bytesFromSeed('slow', 1_000_000)
  const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : { body: blob }))
  const { access, pauses } = await openTestClient(t, { bandwidth: 100_000 })
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
  for await (const _ of await readerOf(access, `${registry.host}/a`).blob(descriptor, SIGNAL));
  const waited = pauses.reduce((total, pause) => total + pause, 0)
  assert.ok(Math.abs(waited - 10_000) < 1000, `${waited} ms`)
})
