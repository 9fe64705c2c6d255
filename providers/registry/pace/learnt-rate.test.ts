import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mirrorInto } from '../testing/limited-host.ts'

const hints = [true, false]
const saying = (retryAfter: boolean) => (retryAfter ? ', told when to come back' : '')

for (const kind of ['window', 'bucket'] as const)
  for (const limit of [20, 100])
    for (const retryAfter of hints)
      test(`a limit of ${limit} a second (${kind}) is found and used, with few refusals${saying(retryAfter)}`, async () => {
        const limits = { perSecond: () => limit, kind, retryAfter }
        const done = await mirrorInto(limits, { images: limit * 15, workers: limit })
        const used = (done.taken / done.ms) * (1000 / limit)
        assert.equal(done.failed, 0)
        assert.ok(used >= 0.8, `${used.toFixed(2)} of the limit: ${done.bySecond}`)
        assert.ok(done.refused < done.taken * 0.25, `${done.refused} of ${done.taken} refused`)
      })

for (const noise of [0.015, 0.05])
  for (const retryAfter of hints)
    test(`a fast host that refuses ${noise * 100} % of everything by chance is still asked fast${saying(retryAfter)}`, async () => {
      const work = { images: 3000, workers: 200 }
      const alone = await mirrorInto({ takes: 24 }, work)
      const struck = await mirrorInto({ takes: 24, noise, retryAfter }, work)
      assert.equal(struck.failed, 0)
      const rates = [alone, struck].map(({ bySecond }) => median(bySecond))
      assert.ok((rates[1] ?? 0) >= (rates[0] ?? 0) * 0.7, `${rates}: ${struck.bySecond}`)
      assert.ok(struck.ms < alone.ms * 2, `${struck.ms} ms instead of ${alone.ms}`)
    })

for (const noise of [0.015, 0.05])
  for (const retryAfter of hints)
    test(`a limit of 100 a second is used although ${noise * 100} % are refused by chance as well${saying(retryAfter)}`, async () => {
      const limits = { perSecond: () => 100, noise, retryAfter }
      const done = await mirrorInto(limits, { images: 1000, workers: 100 })
      const used = done.taken / done.ms / 0.1
      assert.equal(done.failed, 0)
      assert.ok(used >= 0.6, `${used.toFixed(2)} of the limit: ${done.bySecond}`)
      assert.ok(done.refused < done.taken * 0.2, `${done.refused} of ${done.taken} refused`)
    })

for (const noise of [0, 0.03])
  test(`a limit that falls, and rises again, is followed${noise > 0 ? ', in noise too' : ''}`, async () => {
    const perSecond = (now: number) => (now < 10_000 ? 100 : now < 25_000 ? 20 : 200)
    const done = await mirrorInto({ perSecond, noise }, { images: 2000, workers: 100 })
    const between = (from: number, to: number) =>
      done.bySecond.slice(from, to).reduce((total, each) => total + each, 0) / (to - from)
    assert.equal(done.failed, 0)
    assert.ok(between(2, 10) > 70, `before: ${done.bySecond}`)
    assert.ok(between(10, 25) > 14, `low: ${done.bySecond}`)
    assert.ok(median(done.bySecond.slice(45, -1)) > 120, `afterwards: ${done.bySecond}`)
  })

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
