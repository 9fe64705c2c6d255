import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { InterruptedError, UsageError } from '../../lib/errors.ts'
import { confirm } from './confirm.ts'

function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = new PassThrough({ encoding: 'utf8' })
  return { stdin, stderr }
}

test('only yes and y are a yes', async () => {
  const rows = [
    ['yes\n', true],
    ['y\n', true],
    [' Yes \r\n', true],
    ['\n', false],
    ['no\n', false],
    ['yes please\n', false],
    ['ja\n', false],
  ] as const
  for (const [typed, expected] of rows) {
    const streams = terminal()
    streams.stdin.write(typed)
    assert.equal(await confirm('Apply?', streams), expected, JSON.stringify(typed))
    assert.equal(streams.stderr.read(), 'Apply? Only "yes" goes on: ')
  }
})

test('the end of input is a no', async () => {
  const streams = terminal()
  streams.stdin.end()
  assert.equal(await confirm('Apply?', streams), false)
})

test('without a terminal the question is refused with the flag that answers it', async () => {
  const streams = { stdin: new PassThrough(), stderr: new PassThrough({ encoding: 'utf8' }) }
  await assert.rejects(confirm('Apply?', streams), (error: unknown) => {
    assert.ok(error instanceof UsageError)
    assert.match(error.hint ?? '', /--yes/)
    return true
  })
  assert.equal(streams.stderr.read(), null)
})

test('Ctrl-C ends the question', async () => {
  const stop = new AbortController()
  const asking = confirm('Apply?', { ...terminal(), signal: stop.signal })
  stop.abort()
  await assert.rejects(asking, InterruptedError)
  await assert.rejects(confirm('Apply?', { ...terminal(), signal: stop.signal }), InterruptedError)
})
