import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { InterruptedError } from '../../lib/errors.ts'
import { onInterrupt } from './interrupts.ts'

function listen() {
  const signals = new EventEmitter()
  const said: string[] = []
  let time = 0
  const interrupts = onInterrupt({ signals, say: text => said.push(text), now: () => time })
  return {
    signals,
    said,
    interrupts,
    wait: (ms: number): void => {
      time += ms
    },
  }
}

test('the first Ctrl-C lets transfers finish, the second stops now', () => {
  const { signals, said, interrupts, wait } = listen()
  signals.emit('SIGINT')
  assert.equal(interrupts.soft.signal.aborted, true)
  assert.ok(interrupts.soft.signal.reason instanceof InterruptedError)
  assert.equal(interrupts.hard.signal.aborted, false)
  wait(1000)
  signals.emit('SIGTERM')
  assert.ok(interrupts.hard.signal.reason instanceof InterruptedError)
  assert.deepEqual(said, ['stopping after current transfers; press Ctrl-C again to stop now', 'stopping now'])
})

test('one key press that arrives twice, as below npm run, counts once', () => {
  const { signals, interrupts, wait } = listen()
  signals.emit('SIGINT')
  wait(20)
  signals.emit('SIGINT')
  assert.equal(interrupts.hard.signal.aborted, false)
})

test('a third signal is not caught any more', () => {
  const { signals, wait } = listen()
  signals.emit('SIGINT')
  wait(1000)
  signals.emit('SIGINT')
  assert.equal(signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM'), 0)
})

test('after the work nobody listens', () => {
  const { signals, interrupts } = listen()
  interrupts.dispose()
  assert.equal(signals.emit('SIGINT'), false)
  assert.equal(interrupts.soft.signal.aborted, false)
})
