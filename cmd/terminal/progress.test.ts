import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import type { ApplyEvent } from '../../lib/apply/events.ts'
import { createProgress, type ProgressMode } from './progress.ts'
import { progressBlock } from './progress-text.ts'
import { Speedometer } from './speed.ts'
import { EMPTY_TALLY, tallyEvent } from './tally.ts'

const MIB = 1024 * 1024

/** A progress display on a stream that keeps its text, with a clock that only `tick` moves. */
function startProgress(mode: ProgressMode, isTTY: boolean, size = { columns: 60, rows: 24 }) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), size)
  let time = 0
  let drawing: { readonly ms: number; readonly tick: () => void } | undefined
  const progress = createProgress({
    stream,
    mode,
    isTTY,
    now: () => time,
    interval: (ms, tick) => {
      drawing = { ms, tick }
      return () => {
        drawing = undefined
      }
    },
  })
  return {
    progress,
    tick: (ms: number): void => {
      time += ms
      drawing?.tick()
    },
    period: (): number | undefined => drawing?.ms,
    text: (): string => stripVTControlCharacters(String(stream.read() ?? '')),
  }
}

const EVENTS: readonly ApplyEvent[] = [
  { type: 'start', items: 3, bytes: 10 * MIB },
  { type: 'item-start', destination: 'host/a:1', action: 'add' },
  { type: 'bytes', count: 5 * MIB },
]

test('a log gets a line every ten seconds and a last one', () => {
  const { progress, tick, period, text } = startProgress('auto', false)
  for (const event of EVENTS) progress(event)
  assert.equal(period(), 10_000)
  assert.equal(text(), '')
  tick(10_000)
  assert.equal(text(), '50 %  5.0 MiB of 10.0 MiB  512.0 KiB/s  about 10s left  0 of 3 items\n')
  progress({ type: 'item-failed', destination: 'host/a:1', action: 'add', error: new Error('no') })
  progress.stop()
  assert.equal(text(), '1 of 3 items, 1 failed  5.0 MiB sent  in 10s\n')
  assert.equal(period(), undefined)
  progress.stop()
  assert.equal(text(), '')
})

test('a terminal gets a block that goes away at the end', () => {
  const { progress, tick, text } = startProgress('auto', true)
  for (const event of EVENTS) progress(event)
  tick(100)
  assert.equal(text(), '50 %  5.0 MiB of 10.0 MiB\n0 of 3 items\n  add host/a:1\n')
  progress.above(() => {})
  assert.match(text(), /^50 %/)
  progress.stop()
  assert.equal(text(), '')
})

test('plain progress is plain on a terminal too, and none is none', () => {
  const plain = startProgress('plain', true)
  plain.progress({ type: 'start', items: 1, bytes: 0 })
  plain.tick(10_000)
  assert.equal(plain.text(), '0 %  0 of 1 item\n')
  plain.progress.stop()
  const none = startProgress('none', true)
  for (const event of EVENTS) none.progress(event)
  assert.equal(none.period(), undefined)
  none.progress.stop()
  assert.equal(none.text(), '')
})

test('a terminal of no size gets plain lines', () => {
  const { progress, tick, text } = startProgress('auto', true, { columns: 0, rows: 0 })
  progress({ type: 'start', items: 1, bytes: 0 })
  tick(10_000)
  assert.equal(text(), '0 %  0 of 1 item\n')
  progress.stop()
})

test('an apply that never started says nothing', () => {
  const { progress, text } = startProgress('plain', false)
  progress.stop()
  assert.equal(text(), '')
})

test('the block names four items in work and fits into the terminal', () => {
  const tally = Array.from({ length: 6 }, (_, at) => at).reduce(
    (so, at) =>
      tallyEvent(so, {
        type: 'item-start',
        destination: `registry.enc1.example:5000/ocp/team/quite-a-long-name-${at}:v1`,
        action: 'add',
      }),
    EMPTY_TALLY,
  )
  const lines = progressBlock(tally, new Speedometer(), 40)
  assert.equal(lines.length, 7)
  assert.match(lines[2] ?? '', /^ {2}add registry\S*…\S*-long-name-0:v1$/)
  assert.equal(lines.at(-1), '  and 2 more')
  for (const line of lines) assert.ok(line.length < 40, line)
})

test('a stall shows in the speed within a quarter of a minute', () => {
  const speed = new Speedometer()
  assert.equal(speed.bytesPerSecond, undefined)
  for (let at = 0; at <= 10; at++) speed.record(at * 1000, at * MIB)
  assert.equal(speed.bytesPerSecond, MIB)
  assert.equal(speed.timeFor(5 * MIB), 5000)
  for (let at = 11; at <= 30; at++) speed.record(at * 1000, 10 * MIB)
  assert.equal(speed.bytesPerSecond, 0)
  assert.equal(speed.timeFor(5 * MIB), undefined)
})

const anyEvent: fc.Arbitrary<ApplyEvent> = fc.oneof(
  fc.record({ type: fc.constant('start' as const), items: fc.nat(50), bytes: fc.nat(1e9) }),
  fc.record({ type: fc.constant('bytes' as const), count: fc.nat(1e8) }),
  fc.record({ type: fc.constant('retract' as const), count: fc.nat(1e8) }),
  fc.record({
    type: fc.constant('item-start' as const),
    destination: fc.constantFrom('a:1', 'b:1'),
    action: fc.constant('add' as const),
  }),
  fc.record({
    type: fc.constant('item-done' as const),
    destination: fc.constantFrom('a:1', 'b:1'),
    action: fc.constant('add' as const),
    already: fc.boolean(),
  }),
)

test('whatever happens, progress never runs backwards and never exceeds its total', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), events => {
      let before = EMPTY_TALLY
      for (const event of events) {
        const after = tallyEvent(before, event)
        for (const key of ['bytesDone', 'bytesTotal', 'itemsDone', 'itemsTotal', 'fraction'] as const)
          assert.ok(after[key] >= before[key], key)
        assert.ok(after.bytesDone <= after.bytesTotal && after.itemsDone <= after.itemsTotal)
        assert.ok(after.fraction <= 1)
        before = after
      }
    }),
  )
})

test('bytes that must be sent again make the total grow', () => {
  const events: readonly ApplyEvent[] = [
    { type: 'start', items: 1, bytes: 100 },
    { type: 'bytes', count: 60 },
    { type: 'retract', count: 60 },
    { type: 'bytes', count: 100 },
  ]
  const tally = events.reduce(tallyEvent, EMPTY_TALLY)
  assert.equal(tally.bytesDone, 160)
  assert.equal(tally.bytesTotal, 160)
  assert.equal(tally.fraction, 1)
})
