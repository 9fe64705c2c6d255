import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Origin } from '../../../graph/graph.ts'
import { NO_STARTS } from '../../history/index.ts'
import { sketchCatalog, sketchPackage } from '../filter/testing/sample-catalogs.ts'
import { startsOf } from './starts.ts'

const MODEL = sketchCatalog(
  sketchPackage('app', 'stable', { stable: ['1.9.0', '1.10.0 replaces 1.9.0'], fast: ['2.0.0'] }),
)
const held = (bundle: string, catalog = 'C:v1', ...channels: readonly string[]): Origin => ({
  kind: 'bundle',
  catalog,
  package: 'app',
  bundle,
  channels: channels.length === 0 ? ['stable'] : channels,
})

describe('the start of a channel', () => {
  const recorded = {
    ...NO_STARTS,
    catalogs: [
      {
        catalog: 'U:v1',
        packages: [{ name: 'app', start: '0.1.0', channels: new Map([['stable', '1.9.0']]) }],
      },
      { catalog: 'U:v2', packages: [{ name: 'app', channels: new Map([['fast', '7.0.0']]) }] },
    ],
  }
  const start = (channel: string, ...origins: readonly Origin[]) =>
    startsOf(MODEL, { name: 'C:v1', uniqueName: 'U:v1', recorded, held: origins })('app', channel)

  it('is what oc-mirror v1 recorded for the channel, or for its package', () => {
    assert.equal(start('stable'), '1.9.0')
    assert.equal(start('fast'), '0.1.0')
    assert.equal(
      startsOf(MODEL, { name: 'C', uniqueName: 'C', recorded, held: [] })('app', 'stable'),
      undefined,
    )
  })

  it('is the lowest version that is held of it, also of a bundle that the catalog has no more', () => {
    assert.equal(start('stable', held('app.v1.10.0'), held('app.v1.9.0')), '1.9.0')
    assert.equal(start('stable', held('app.v1.10.0')), '1.10.0')
    assert.equal(start('stable', held('app.v1.8.3'), held('app.v1.10.0')), '1.8.3')
    assert.equal(start('fast', held('app.v2.0.0', 'C:v1', 'fast', 'stable')), '2.0.0')
  })

  it('takes nothing from other catalogs and from names without a version', () => {
    assert.equal(start('stable', held('app.v1.10.0', 'D:v1'), held('nameless')), '1.9.0')
  })
})
