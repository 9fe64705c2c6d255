import assert from 'node:assert/strict'
import test from 'node:test'
import { Lane, type LaneClock } from './lane.ts'

/** Time that passes only when there is nothing else to do. */
function simulated() {
  let time = 0
  const timers: { readonly at: number; readonly work: () => void }[] = []
  const clock: LaneClock = {
    now: () => time,
    after: (ms, work) => void timers.push({ at: time + Math.max(0, ms), work }),
  }
  const run = (): void => {
    for (;;) {
      const next = timers.sort((a, b) => a.at - b.at).shift()
      if (next === undefined) return
      time = next.at
      next.work()
    }
  }
  return { clock, run, now: () => time }
}

const LINK = { latencyMs: 30, bitsPerSecond: 8_000_000 } as const

test('a slow link hands bytes on in order, after its latency and at its rate', () => {
  const { clock, run, now } = simulated()
  const lane = new Lane(LINK, clock)
  const arrived: Buffer[] = []
  const flow = lane.flow(chunk => arrived.push(chunk))
  const sent = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251))
  flow.push(sent.subarray(0, 40_000))
  flow.push(sent.subarray(40_000))
  run()
  assert.deepEqual(Buffer.concat(arrived), sent)
  assert.equal(Math.round(now()), 30 + 100)
})

test('connections take turns on a slow link, so that a small request passes a big blob', () => {
  const { clock, run, now } = simulated()
  const lane = new Lane(LINK, clock)
  const blob = lane.flow(() => {})
  const request = lane.flow(() => assert.ok(now() < 70, `arrived after ${now()} ms`))
  blob.push(Buffer.alloc(1_000_000))
  request.push(Buffer.alloc(500))
  run()
  assert.equal(Math.round(now()), 30 + 1000 + 1)
})

test('a link that was idle has saved nothing up', () => {
  const { clock, run, now } = simulated()
  const lane = new Lane(LINK, clock)
  const flow = lane.flow(() => {})
  flow.push(Buffer.alloc(1000))
  run()
  clock.after(1000, () => flow.push(Buffer.alloc(100_000)))
  run()
  assert.equal(Math.round(now()), 31 + 1000 + 100 + 30)
})
