/** Several failures as one error: nothing is told twice, nothing is left out, and an interruption stays one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InterruptedError, PlaceError, PlanError } from '../../errors.ts'
import { joinFailures, settleAll } from './failures.ts'

const never = new AbortController().signal

describe('failures that are told together', () => {
  it('have each message on a line of its own and each hint once', () => {
    const inner = joinFailures([
      new PlanError('a is bad', { hint: 'mend it' }),
      new PlanError('b is bad', { hint: 'mend it' }),
    ])
    const joined = joinFailures([
      inner,
      new PlanError('b is bad'),
      new PlaceError('c is away', { hint: 'wait' }),
    ])
    assert.equal(joined.message, 'a is bad\nb is bad\nc is away')
    assert.equal(joined.hint, 'mend it\nwait')
    assert.equal(joined.cause, inner)
  })

  it('are the failure itself when there is one', () => {
    const only = new PlanError('a is bad', { hint: 'mend it' })
    assert.equal(joinFailures([only]), only)
    assert.equal(joinFailures([new PlaceError('away')]).message, 'away')
  })
})

describe('work that is settled together', () => {
  it('gives all values in order, or all failures', async () => {
    assert.deepEqual(await settleAll([Promise.resolve(1), Promise.resolve(2)], never), [1, 2])
    const failing = [
      Promise.reject(new PlanError('a')),
      Promise.resolve(1),
      Promise.reject(new PlanError('b')),
    ]
    await assert.rejects(settleAll(failing, never), { message: 'a\nb' })
  })

  it('that was interrupted is an interruption, whatever failed with it', async () => {
    const stop = new AbortController()
    stop.abort(new InterruptedError('interrupted'))
    await assert.rejects(settleAll([Promise.reject(new PlanError('a'))], stop.signal), InterruptedError)
  })
})
