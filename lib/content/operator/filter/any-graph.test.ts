/** Catalogs as nobody should build them: whatever their entries replace and skip, filtering answers or says why not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { channelHeads, graphFaults } from './channel-graph.ts'
import { FilterError } from './filter-error.ts'
import { checkOperatorUpdates } from './installed-path.ts'
import { filter, sketchCatalog, sketchPackage } from './testing/sample-catalogs.ts'

const VERSIONS = ['1.0.0', '1.1.0-rc.1', '1.1.0', '1.2.0', '2.0.0', '2.1.0']
const version = fc.constantFrom(...VERSIONS, '0.9.0')

/** Mostly what comes right before it, now and then anything. */
const line = fc
  .record({
    at: fc.nat(VERSIONS.length - 1),
    replaces: fc.oneof(
      { weight: 6, arbitrary: fc.constant('before') },
      { weight: 1, arbitrary: version },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    skips: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(version, { maxLength: 2 }) },
    ),
    hasRange: fc.boolean(),
  })
  .map(({ at, replaces, skips, hasRange }) => {
    const name = VERSIONS[at] ?? ''
    const replaced = replaces === 'before' ? VERSIONS[at - 1] : replaces
    return [
      name,
      ...(replaced === undefined ? [] : ['replaces', replaced]),
      ...(skips.length === 0 ? [] : ['skips', skips.join(',')]),
      ...(hasRange ? ['range', `>=1.0.0 <${name}`] : []),
    ].join(' ')
  })

const catalog = fc
  .tuple(
    fc.uniqueArray(line, { selector: text => text.split(' ')[0], minLength: 1, maxLength: 6 }),
    fc.array(line),
  )
  .map(([main, side]) => sketchCatalog(sketchPackage('p', 'main', { main, side })))

describe('a catalog with any update graph', () => {
  for (const selection of ['documented', 'connected'] as const)
    it(`keeps channels with one head, or is refused with a hint, ${selection}`, () => {
      let [answers, refusals] = [0, 0]
      const bound = fc.option(version, { nil: undefined })
      fc.assert(
        fc.property(catalog, bound, bound, fc.boolean(), (model, min, max, isAll) => {
          const ask = {
            name: 'p',
            channels: [{ name: 'main' }, ...(isAll ? [{ name: 'side' }] : [])],
            ...(min !== undefined && { minVersion: min }),
            ...(max !== undefined && { maxVersion: max }),
          }
          try {
            const kept = filter(model, { packages: [ask] }, selection)
            answers++
            for (const { entries } of kept.packages.flatMap(({ channels }) => channels)) {
              assert.equal(channelHeads(entries).length, 1)
              assert.deepEqual(graphFaults(entries), [])
            }
            const held = VERSIONS.map(each => ({ package: 'p', bundle: `p.v${each}` }))
            for (const remark of checkOperatorUpdates(model, kept, held))
              assert.match(remark, /^package p(, channel \w+)?: .*operators at /)
          } catch (error) {
            if (!(error instanceof FilterError)) throw error
            refusals++
            for (const { hint } of error.problems) assert.ok(hint !== undefined && hint !== '')
          }
        }),
        { numRuns: 1000 },
      )
      assert.ok(answers > 20 && refusals > 20, `${answers} answers, ${refusals} refusals`)
    })
})
