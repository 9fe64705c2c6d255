import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sketchGraph } from '../../testdata/update-graphs.ts'
import { findWay } from '../content/release/update-graph/index.ts'
import { renderChannelReleases, renderChannels, renderUpdate } from './releases-text.ts'
import { PLAIN_STYLE } from './style.ts'

const NARROW = { style: PLAIN_STYLE, width: 40 }

describe('list releases', () => {
  it('on a narrow terminal keeps versions and leaves out digests', () => {
    const graph = sketchGraph('stable-4.16', { updates: ['4.16.0 4.16.2'] })
    const lines = renderChannelReleases(graph, { ...NARROW, width: 24 }).split('\n')
    assert.deepEqual(lines.slice(-2), ['  4.16.2  head', '  4.16.0'])
  })

  it('wraps what a risk says, and shows nothing that steers a terminal', () => {
    const risk = 'Red\u001b[31mText'
    const graph = sketchGraph('stable-4.16', {
      updates: [],
      conditional: [{ update: '4.16.0 4.16.2', risk }],
    })
    const text = renderUpdate(graph, findWay(graph, 0, 1) ?? [], { ...NARROW, width: 30 })
    assert.match(text, /Red\?\[31mText/)
    assert.ok(!text.includes('\u001b'))
    assert.equal(renderChannels(['a\u001b']), 'a?')
  })

  it('says so when there is nothing to update', () => {
    const graph = sketchGraph('stable-4.16', { updates: ['4.16.0'] })
    assert.match(renderUpdate(graph, [], NARROW), /nothing to update/)
  })
})
