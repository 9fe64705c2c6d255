import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CatalogModel } from '../content/operator/model.ts'
import { offeredPackages } from '../content/operator/offer.ts'
import { renderChannels, renderPackages, renderVersions } from './operators-text.ts'
import { PLAIN_STYLE } from './style.ts'

const NAME = 'web-terminal-for-everybody'
const MODEL: CatalogModel = {
  packages: [
    {
      name: NAME,
      defaultChannel: 'fast-and-furious',
      channels: [
        { name: 'fast-and-furious', entries: [{ name: 'w.v1.0.0', skips: [] }] },
        {
          name: 'round',
          entries: [
            { name: 'w.v1.0.0', replaces: 'w.v2.0.0', skips: [] },
            { name: 'w.v2.0.0', replaces: 'w.v1.0.0', skips: [] },
          ],
        },
      ],
      bundles: new Map([
        ['w.v1.0.0', { name: 'w.v1.0.0', version: '1.0.0', image: 'r.example/w:1', relatedImages: [] }],
      ]),
      deprecations: [{ what: { schema: 'olm.package' }, message: 'Use\u001b[31m something else that works' }],
    },
  ],
}
const packages = offeredPackages(MODEL, 'C')
const [only] = packages
assert.ok(only)

describe('list operators', () => {
  it('on a narrow terminal keeps names and heads, and leaves out how many channels there are', () => {
    const lines = renderPackages('C', packages, { style: PLAIN_STYLE, width: 70 }).split('\n')
    assert.ok(lines.every(line => line.length <= 70))
    assert.match(lines[2] ?? '', new RegExp(`^  ${NAME} +fast-and-f\\S+ +1\\.0\\.0 +1 +deprecated$`))
  })

  it('counts only entries that have a bundle, and says so where a channel has no head', () => {
    const lines = renderChannels('C', only, { style: PLAIN_STYLE, width: 80 }).split('\n')
    assert.match(lines.at(-1) ?? '', /^ {2}round +no head +1$/)
  })

  it('wraps what a deprecation says, and shows nothing that steers a terminal', () => {
    const text = renderChannels('C', only, { style: PLAIN_STYLE, width: 40 })
    assert.match(text, /is\n {4}deprecated: Use\?\[31m something/)
    assert.ok(!text.includes('\u001b'))
  })

  it('names the channels that a version is in, where there are several', () => {
    const text = renderVersions(NAME, only, { style: PLAIN_STYLE, width: 80 })
    assert.match(
      text,
      /1 bundle\n {2}1\.0\.0 +fast-and-furious, round +head of fast-and-furious +w\.v1\.0\.0$/,
    )
  })

  it('puts the default channel first, and the others in the order of their numbers', () => {
    const names = ['stable-3.10', 'stable-3.9', 'candidate', 'stable']
    const channels = names.map(name => ({ name, entries: [{ name: 'w.v1.0.0', skips: [] }] }))
    const [offered] = offeredPackages(
      { packages: [{ name: 'w', defaultChannel: 'stable', channels, bundles: new Map(), deprecations: [] }] },
      'C',
    )
    assert.deepEqual(
      offered?.channels.map(({ name }) => name),
      ['stable', 'candidate', 'stable-3.9', 'stable-3.10'],
    )
  })
})
