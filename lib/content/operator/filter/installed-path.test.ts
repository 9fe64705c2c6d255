import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CatalogModel } from '../model.ts'
import { checkOperatorUpdates } from './installed-path.ts'
import type { OperatorSelection } from './request.ts'
import { parseSkipRange } from './skip-range.ts'
import { DEMO, filter, STREAMS, sketchCatalog, sketchPackage, type Wish } from './testing/sample-catalogs.ts'
import { parseVersion } from './versions.ts'

type Ask = NonNullable<Wish['packages']>[number]

function remarks(
  model: CatalogModel,
  ask: Ask,
  held: readonly string[],
  selection: OperatorSelection = 'documented',
): readonly string[] {
  const kept = filter(model, { packages: [ask] }, selection)
  return checkOperatorUpdates(
    model,
    kept,
    held.map(version => ({ package: ask.name, bundle: `${ask.name}.v${version}`, version })),
  )
}

describe('operators that a cluster may run', () => {
  it('update to the new head where it replaces, skips or ranges over their version', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget' }, ['1.2.0', '2.0.0']), [])
    assert.deepEqual(remarks(DEMO, { name: 'gadget' }, ['0.1.0']), [])
    assert.deepEqual(remarks(STREAMS, { name: 'storage' }, ['4.16.0', '4.16.2', '4.17.0']), [])
  })

  it('are told with what is missing between them and the new head, and what keeps it', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget' }, ['1.0.0']), [
      'package widget, channel stable: operators at 1.0.0 cannot reach its head 2.0.0: 1.1.0, 1.2.0 are not mirrored; minVersion 1.1.0 keeps what is missing',
    ])
  })

  it('share a line', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget' }, ['1.1.1', '1.1.0', '1.0.0']), [
      'package widget, channel stable: operators at 1.0.0, 1.1.0, 1.1.1 cannot reach its head 2.0.0: 1.1.0, 1.2.0 are not mirrored; minVersion 1.1.0 keeps what is missing',
    ])
  })

  it('update where what is missing is kept', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget', minVersion: '1.1.0' }, ['1.0.0', '1.1.0', '1.1.1']), [])
  })

  it('are looked at in each channel that has their version', () => {
    const held = ['2.0.0']
    const channels = [{ name: 'stable' }, { name: 'fast' }]
    assert.deepEqual(remarks(DEMO, { name: 'widget', channels }, held), [
      'package widget, channel fast: operators at 2.0.0 cannot reach its head 2.2.0-rc1: 2.1.0 is not mirrored; minVersion 2.1.0 keeps what is missing',
    ])
  })

  it('stay where they are when the head goes back', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget', maxVersion: '1.2.0' }, ['1.2.0', '2.0.0']), [
      'package widget, channel stable: its head goes back to 1.2.0, and operators at 2.0.0 stay as they are; raise maxVersion to keep updating them',
    ])
  })

  it('are told where the catalog has no way from them any more', () => {
    assert.deepEqual(remarks(DEMO, { name: 'widget' }, ['0.9.0']), [
      'package widget: operators at 0.9.0 cannot update: the catalog has no such version any more, and nothing that comes after it',
    ])
    assert.deepEqual(remarks(STREAMS, { name: 'storage' }, ['4.16.9']), [], 'a skipRange has it')
    const island = sketchCatalog(
      sketchPackage('p', 'c', { c: ['1.0.0 skips 0.1.0', '0.2.0', '2.0.0 replaces 1.0.0 skips 0.2.0'] }),
    )
    assert.deepEqual(remarks(island, { name: 'p' }, ['0.2.0']), [])
  })

  it('are told where their channel is not kept and the others do not lead on', () => {
    const model = sketchCatalog(
      sketchPackage('p', 'new', { old: ['1.0.0', '1.1.0 replaces 1.0.0'], new: ['2.0.0 replaces 1.1.0'] }),
    )
    assert.deepEqual(remarks(model, { name: 'p' }, ['1.1.0']), [])
    assert.deepEqual(remarks(model, { name: 'p' }, ['1.0.0']), [
      'package p: operators at 1.0.0 cannot update: no channel that is kept leads on from there; they are in channel old',
    ])
  })

  it('of packages that are not kept any more are no concern of it', () => {
    const kept = filter(DEMO, { packages: [{ name: 'gadget' }] }, 'documented')
    assert.deepEqual(checkOperatorUpdates(DEMO, kept, [{ package: 'widget', bundle: 'widget.v1.0.0' }]), [])
  })

  it('never get stuck in a whole catalog that leads to its heads', () => {
    const kept = filter(STREAMS, { full: true }, 'connected')
    const held = STREAMS.packages.flatMap(({ name, bundles }) =>
      [...bundles.keys()].map(bundle => ({ package: name, bundle })),
    )
    assert.deepEqual(checkOperatorUpdates(STREAMS, kept, held), [])
  })
})

describe('skipRange', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['>=4.16.0 <4.17.2', '4.17.1', true],
    ['>=4.16.0 <4.17.2', '4.17.2', false],
    ['>=4.16.0 <4.17.2', '4.17.0-rc.1', true],
    ['>= 1.0.0 < 1.2.0', '1.1.0', true],
    ['<1.0.0 || >=2.0.0', '1.5.0', false],
    ['<1.0.0 || >=2.0.0', '2.5.0', true],
    ['1.2.x', '1.2.9', true],
    ['>1.x', '2.0.0', true],
    ['<=1.2.x', '1.3.0', false],
    ['!=1.2.0', '1.2.0', false],
    ['=1.2.0', '1.2.0+5', true],
    ['1.2.0', '1.2.1', false],
    ['>=1.0.0, <2.0.0', '1.5.0', false],
    ['', '1.5.0', false],
    ['~1.2', '1.2.0', false],
  ]
  for (const [range, version, expected] of rows)
    it(`"${range}" ${expected ? 'has' : 'does not have'} ${version}`, () => {
      const parsed = parseVersion(version)
      assert.ok(parsed)
      assert.equal(parseSkipRange(range)(parsed), expected)
    })
})
