import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Window } from './window.ts'

const SIGNAL: AbortSignal = new AbortController().signal

/** As many requests at once as there is room for, all taken. */
function round(window: Window): number {
  const room = window.limit
  for (let i = 0; i < room; i++) window.enter(SIGNAL)
  for (let i = 0; i < room; i++) window.taken()
  for (let i = 0; i < room; i++) window.leave()
  return room
}

test('a window grows while all of its room is used, and leaves some connections to others', () => {
  const window = new Window()
  const rooms = Array.from({ length: 40 }, () => round(window))
  assert.equal(rooms[0], 8)
  assert.equal(rooms.at(-1), 24)
  assert.deepEqual(
    rooms,
    rooms.toSorted((a, b) => a - b),
  )
})

test('a window whose room is not used stays as it is', () => {
  const window = new Window()
  for (let i = 0; i < 100; i++) {
    window.enter(SIGNAL)
    window.taken()
    window.leave()
  }
  assert.equal(window.limit, 8)
})

test('refusals that come together halve a window once, and never to nothing', () => {
  const window = new Window()
  for (const now of [0, 20, 40, 99]) window.refused(now)
  assert.equal(window.limit, 4)
  for (const now of [100, 200, 300, 400]) window.refused(now)
  assert.equal(window.limit, 1)
})

test('after a refusal a window grows by one in a round', () => {
  const window = new Window()
  window.refused(0)
  const rooms = Array.from({ length: 4 }, () => round(window))
  for (const [at, room] of rooms.entries()) assert.ok(room <= 4 + at, `${rooms}`)
  assert.ok((rooms.at(-1) ?? 0) > 4)
})

test('who waits for room gets it in the order of asking', async () => {
  const window = new Window()
  const started: number[] = []
  for (let i = 0; i < 8; i++) window.enter(SIGNAL)
  const waits = [1, 2, 3].map(async n => {
    await window.enter(SIGNAL)
    started.push(n)
  })
  for (let i = 0; i < 3; i++) window.leave()
  await Promise.all(waits)
  assert.deepEqual(started, [1, 2, 3])
})
