/** The tables of scenarios, row by row: the product documentation's for `documented`, oc-mirror's for `connected`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OperatorSelection, PackageRequest } from './request.ts'
import { DEMO, filter, outcome, STREAMS, type Wish } from './testing/sample-catalogs.ts'

type Ask = Partial<PackageRequest>

const widget = (ask: Ask = {}): Wish => ({ packages: [{ name: 'widget', ...ask }] })
const storage = (ask: Ask = {}): Wish => ({ packages: [{ name: 'storage', ...ask }] })
const full = (wish: Wish): Wish => ({ ...wish, full: true })
const stable = (range: Ask): Ask => ({ channels: [{ name: 'stable', ...range }] })
const names = (...channels: readonly string[]): Ask => ({ channels: channels.map(name => ({ name })) })
const WHOLE = 'gadget 0.1.0 0.2.0; widget 1.0.0 1.1.0 1.1.1 1.2.0 2.0.0 2.1.0 2.2.0-rc1'
const ALL = 'widget 1.0.0 1.1.0 1.1.1 1.2.0 2.0.0 2.1.0 2.2.0-rc1'
const CHANNEL = 'package widget, channel stable: with'

/** Scenario, what is asked, what `documented` and `connected` keep or how they begin to refuse. */
const ROWS: readonly (readonly [string, Wish, string, string])[] = [
  ['1 catalog only', {}, 'gadget 0.2.0; widget 2.0.0', 'gadget 0.2.0; widget 2.0.0 2.2.0-rc1'],
  ['2 full', full({}), WHOLE, WHOLE],
  ['3 a package', widget(), 'widget 2.0.0', 'widget 2.0.0 2.2.0-rc1'],
  ['4 a package, full', full(widget()), ALL, ALL],
  [
    '5 a package from a version',
    widget({ minVersion: '1.2.0' }),
    'widget 1.2.0 2.0.0',
    'widget 1.2.0 2.0.0 2.1.0',
  ],
  [
    '5b a package from a version above its default channel',
    widget({ minVersion: '2.1.0-0' }),
    'the default channel stable has nothing left with minVersion 2.1.0-0',
    'the default channel stable has nothing left with minVersion 2.1.0-0',
  ],
  [
    '6 a package up to a version',
    widget({ maxVersion: '1.2.0' }),
    'widget 1.0.0 1.1.0 1.1.1 1.2.0',
    'widget 1.0.0 1.1.0 1.1.1 1.2.0',
  ],
  [
    '7 a package between two versions',
    widget({ minVersion: '1.1.0', maxVersion: '1.2.0' }),
    'widget 1.1.0 1.1.1 1.2.0',
    'widget 1.1.0 1.1.1 1.2.0',
  ],
  [
    '8 a channel that is not the default',
    widget(names('fast')),
    'the default channel stable is not among the channels named\nHint: set defaultChannel: fast',
    'the default channel stable is not among the channels named\nHint: set defaultChannel: fast',
  ],
  [
    '8b a channel made the default',
    widget({ ...names('fast'), defaultChannel: 'fast' }),
    'widget 2.2.0-rc1',
    'widget 2.2.0-rc1',
  ],
  ['8c the default channel', widget(names('stable')), 'widget 2.0.0', 'widget 2.0.0'],
  [
    '9 a channel, full',
    full(widget({ ...names('fast'), defaultChannel: 'fast' })),
    'widget 2.0.0 2.1.0 2.2.0-rc1',
    'widget 2.0.0 2.1.0 2.2.0-rc1',
  ],
  ['10 two channels', widget(names('stable', 'fast')), 'widget 2.0.0 2.2.0-rc1', 'widget 2.0.0 2.2.0-rc1'],
  [
    '11 a channel from a version',
    widget(stable({ minVersion: '1.1.1' })),
    'widget 1.1.1 1.2.0 2.0.0',
    'widget 1.1.1 1.2.0 2.0.0',
  ],
  [
    '12 a channel up to a version that leaves two heads',
    widget(stable({ maxVersion: '1.1.1' })),
    `${CHANNEL} maxVersion 1.1.1 it has 2 heads (widget.v1.1.0, widget.v1.1.1), and OLM needs exactly one\nHint: raise maxVersion to 1.2.0`,
    'widget 1.0.0 1.1.0 1.1.1 1.2.0',
  ],
  [
    '12b a channel up to a version',
    widget(stable({ maxVersion: '1.2.0' })),
    'widget 1.0.0 1.1.0 1.1.1 1.2.0',
    'widget 1.0.0 1.1.0 1.1.1 1.2.0',
  ],
  [
    '13 a channel between two versions that leave two heads',
    widget(stable({ minVersion: '1.1.0', maxVersion: '1.1.1' })),
    `${CHANNEL} minVersion 1.1.0 and maxVersion 1.1.1 it has 2 heads`,
    'widget 1.1.0 1.1.1 1.2.0',
  ],
  [
    '13b one version that is only skipped',
    widget(stable({ minVersion: '1.1.1', maxVersion: '1.1.1' })),
    'widget 1.1.1',
    'widget 1.1.1',
  ],
  [
    '14 bundles by name',
    widget({ bundles: ['widget.v1.1.0', 'widget.v1.2.0'] }),
    'widget 1.1.0 1.2.0',
    'does not take bundles by name',
  ],
  [
    '14b bundles of another channel',
    widget({ bundles: ['widget.v2.1.0'] }),
    'widget 2.1.0',
    'does not take bundles by name',
  ],
  [
    '15 a range of the package and one of its channel',
    widget({ ...stable({ maxVersion: '2.0.0' }), minVersion: '1.0.0' }),
    'the package has a range of versions and so has one of its channels',
    'the package has a range of versions and so has one of its channels',
  ],
  [
    '15b a range of the package for the channels named',
    widget({ ...names('stable', 'fast'), minVersion: '1.2.0', maxVersion: '2.0.0' }),
    'widget 1.2.0 2.0.0',
    'widget 1.2.0 2.0.0',
  ],
  [
    '16 full with a range of the package',
    full(widget({ minVersion: '1.1.0', maxVersion: '1.2.0' })),
    'full: true cannot be mixed with minVersion 1.1.0 and maxVersion 1.2.0',
    'full: true cannot be mixed with minVersion 1.1.0 and maxVersion 1.2.0',
  ],
  [
    '17 full with a range of a channel',
    full(widget(stable({ minVersion: '1.1.0' }))),
    'full: true cannot be mixed with minVersion 1.1.0',
    'full: true cannot be mixed with minVersion 1.1.0',
  ],
  [
    '18 a package that is not there',
    { packages: [{ name: 'wigdet' }, { name: 'gadget' }] },
    'package "wigdet" is not in the catalog\nHint: did you mean "widget"?',
    'package "wigdet" is not in the catalog\nHint: did you mean "widget"?',
  ],
]

/** The same scenarios on minor streams that are joined by skipRange. */
const STREAM_ROWS: typeof ROWS = [
  ['3 a package', storage(), 'storage 4.17.2', 'storage 4.16.2 4.17.2'],
  [
    '4 a package, full',
    full(storage()),
    'storage 4.16.0 4.16.1 4.16.2 4.17.0 4.17.1 4.17.2',
    'storage 4.16.0 4.16.1 4.16.2 4.17.0 4.17.1 4.17.2',
  ],
  [
    '5 a package from a version',
    storage({ minVersion: '4.16.1' }),
    'storage 4.16.2 4.17.0 4.17.1 4.17.2',
    'storage 4.16.1 4.16.2 4.17.0 4.17.1 4.17.2',
  ],
  [
    '6 a package up to a version: 4.17.0 is not replaced any more',
    storage({ maxVersion: '4.17.0' }),
    'storage 4.16.2 4.17.0',
    'storage 4.16.0 4.16.1 4.16.2 4.17.0 4.17.1',
  ],
  [
    '7 a package between two versions',
    storage({ minVersion: '4.17.0', maxVersion: '4.17.1' }),
    'storage 4.17.0 4.17.1',
    'storage 4.17.0 4.17.1',
  ],
  [
    '10 two channels',
    storage(names('stable-4.16', 'stable-4.17')),
    'storage 4.16.2 4.17.2',
    'storage 4.16.2 4.17.2',
  ],
  [
    '11 a channel from a short version',
    storage({ channels: [{ name: 'stable-4.17', minVersion: '4.17' }] }),
    'storage 4.17.0 4.17.1 4.17.2',
    'storage 4.17.0 4.17.1 4.17.2',
  ],
  [
    '12 a channel up to a short version',
    storage({ channels: [{ name: 'stable-4.17', maxVersion: '4.16' }] }),
    'storage 4.16.2',
    'storage 4.16.2',
  ],
]

function tell(model: typeof DEMO, rows: typeof ROWS, selection: OperatorSelection): void {
  for (const [name, wish, documented, connected] of rows)
    it(name, () => {
      const expected = selection === 'documented' ? documented : connected
      const actual = outcome(() => filter(model, wish, selection))
      if (!actual.startsWith('refused')) assert.equal(actual, expected)
      else assert.ok(actual.includes(expected), actual)
    })
}

describe('scenarios, documented', () => tell(DEMO, ROWS, 'documented'))
describe('scenarios, connected', () => tell(DEMO, ROWS, 'connected'))
describe('scenarios of minor streams, documented', () => tell(STREAMS, STREAM_ROWS, 'documented'))
describe('scenarios of minor streams, connected', () => tell(STREAMS, STREAM_ROWS, 'connected'))
