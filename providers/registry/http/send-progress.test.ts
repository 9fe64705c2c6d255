import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { watchProgress } from './send-progress.ts'

async function* pieces() {
  yield Buffer.from('one')
  yield Buffer.from('two')
}

test('a body stalls when one piece is with its receiver for too long', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { body, signal, end } = watchProgress(pieces(), 1000, new AbortController().signal)
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    mock.timers.tick(900)
    assert.equal(signal.aborted, false)
    mock.timers.tick(200)
    assert.match(String(signal.reason), /took nothing for 1 s/)
    end()
  } finally {
    mock.timers.reset()
  }
})

test('a source that takes long for its first piece does not stall its receiver', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { signal } = watchProgress(pieces(), 1000, new AbortController().signal)
    mock.timers.tick(5000)
    assert.equal(signal.aborted, false)
  } finally {
    mock.timers.reset()
  }
})

test('a body that was taken whole, or whose answer has come, does not stall any more', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const watched = [1, 2].map(() => watchProgress(pieces(), 1000, new AbortController().signal))
    const [whole, answered] = watched
    assert.ok(whole && answered)
    for await (const _ of whole.body);
    await answered.body[Symbol.asyncIterator]().next()
    answered.end()
    mock.timers.tick(5000)
    assert.deepEqual(
      watched.map(({ signal }) => signal.aborted),
      [false, false],
    )
  } finally {
    mock.timers.reset()
  }
})

test('whoever gives up the work ends the request too, also before it began', () => {
  const given = new AbortController()
  const later = watchProgress(pieces(), 1000, given.signal)
  given.abort(new Error('enough'))
  const atOnce = watchProgress(pieces(), 1000, given.signal)
  for (const { signal, end } of [later, atOnce]) {
    assert.match(String(signal.reason), /enough/)
    end()
  }
})
