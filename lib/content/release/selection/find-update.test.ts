import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type GraphSketch, graphAnswer } from '../../../../testdata/update-graphs.ts'
import type { Documents } from '../../documents.ts'
import { listChannels } from '../update-graph/index.ts'
import { findUpdate } from './index.ts'
import { wayText } from './ways-text.ts'

const { signal } = new AbortController()
const OCP = { product: 'ocp', architecture: 'amd64' } as const

const CHANNELS: Readonly<Record<string, GraphSketch>> = {
  'eus-4.16': { updates: ['4.16.1 4.16.5'], channels: ['eus-4.16', 'stable-4.16'] },
  'stable-4.16': { updates: ['4.16.1 4.16.5'], channels: ['stable-4.16', 'stable-4.17'] },
  'stable-4.17': { updates: ['4.16.5 4.17.3'], channels: ['stable-4.17', 'eus-4.18'] },
  'candidate-4.20': { updates: ['4.20.0-rc.1'], channels: ['candidate-4.20'] },
  'eus-4.18': {
    updates: ['4.17.3 4.18.2'],
    conditional: [{ update: '4.16.5 4.17.3', risk: 'A' }],
  },
}

const documents: Documents = {
  used: [],
  read: async url => {
    const name = new URL(url).searchParams.get('channel') ?? ''
    return new TextEncoder().encode(graphAnswer(name, CHANNELS[name] ?? { updates: [] }))
  },
}

async function find(channel: string, from: string, to: string, avoid = false): Promise<string> {
  const conditionalUpdates = avoid ? 'avoid' : 'allow'
  const { graph, way } = await findUpdate(
    { ...OCP, channel, from, to, conditionalUpdates },
    documents,
    signal,
  )
  return wayText(graph, way)
}

describe('the way from one version to another', () => {
  it('is looked for in the channel', async () => {
    assert.equal(await find('stable-4.17', '4.16.5', '4.17.3'), '4.16.5 → 4.17.3')
  })

  it('begins in the channels of earlier minor releases, those passed over that do not exist', async () => {
    assert.equal(await find('stable-4.17', '4.16.1', '4.17.3'), '4.16.1 → 4.16.5 → 4.17.3')
    assert.equal(await find('eus-4.18', '4.16.1', '4.18.2'), '4.16.1 → 4.16.5 → 4.17.3 → 4.18.2')
  })

  it('may have to be without conditional updates', async () => {
    await assert.rejects(find('eus-4.18', '4.16.1', '4.18.2', true), /which are to be avoided/)
  })

  it('never leads back', async () => {
    await assert.rejects(find('stable-4.17', '4.17.3', '4.16.5'), /4\.16\.5 is below 4\.17\.3/)
  })

  it('needs versions that are there', async () => {
    await assert.rejects(find('stable-4.17', '4.16.5', '4.17.4'), /4\.17\.4 is not in channel stable-4\.17/)
    await assert.rejects(find('stable-4.17', '4.15.0', '4.17.3'), /4\.15\.0 is not in channels stable-4\.16/)
    await assert.rejects(find('stable-4.99', '4.15.0', '4.99.3'), /there is no such channel/)
  })
})

describe('the channels there are', () => {
  const list = (minor?: string) => listChannels(OCP, minor, documents, signal)
  it('are followed from minor to minor', async () => {
    assert.deepEqual(await list(), ['stable-4.16', 'stable-4.17', 'eus-4.18'])
  })
  it('of a minor release are named by its releases, candidates where it has no others', async () => {
    assert.deepEqual(await list('4.17'), ['stable-4.17', 'eus-4.18'])
    assert.deepEqual(await list('4.20'), ['candidate-4.20'])
    await assert.rejects(list('4.99'), /channel stable-4\.99 .* there is no such channel/)
  })
})
