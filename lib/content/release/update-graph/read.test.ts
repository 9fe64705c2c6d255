import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { graphAnswer, sketchGraph } from '../../../../testdata/update-graphs.ts'
import { MirrorformError, PlaceError } from '../../../errors.ts'
import type { WebRequest } from '../../../provider.ts'
import type { Documents } from '../../documents.ts'
import { type GraphQuestion, graphUrl, readUpdateGraph, unknownChannel } from './index.ts'

const QUESTION: GraphQuestion = { product: 'ocp', channel: 'stable-4.16', architecture: 'arm64' }
const { signal } = new AbortController()

function documentsOf(read: (url: string, request: WebRequest) => Promise<string | undefined>): Documents {
  return {
    used: [],
    read: async (url, request) => {
      const text = await read(url, request)
      return text === undefined ? undefined : new TextEncoder().encode(text)
    },
  }
}

describe('the update service', () => {
  it('is asked by architecture and channel, and by nothing that differs from run to run', () => {
    assert.equal(
      graphUrl(QUESTION),
      'https://api.openshift.com/api/upgrades_info/v1/graph?arch=arm64&channel=stable-4.16',
    )
    assert.equal(
      graphUrl({ ...QUESTION, updateUrl: 'http://osus.example:8080/graph?team=a' }),
      'http://osus.example:8080/graph?team=a&arch=arm64&channel=stable-4.16',
    )
  })

  it('of OKD is its own, and cannot be replaced', () => {
    const url = graphUrl({
      ...QUESTION,
      product: 'okd',
      channel: '4-scos-stable',
      updateUrl: 'http://osus.example/',
    })
    assert.equal(url, 'https://origin-release.ci.openshift.org/graph?arch=arm64&channel=4-scos-stable')
  })

  it('must be named by a URL', () => {
    assert.throws(
      () => graphUrl({ ...QUESTION, updateUrl: 'osus.example' }),
      /"osus\.example" is not the URL/,
    )
    assert.throws(
      () => graphUrl({ ...QUESTION, updateUrl: 'ftp://me:secret@osus.example/graph' }),
      (error: unknown) => error instanceof MirrorformError && !error.message.includes('secret'),
    )
    assert.throws(() => graphUrl({ ...QUESTION, updateUrl: 'file:///graph' }), MirrorformError)
  })

  it('answers JSON', async () => {
    const asked: (readonly [string, string | undefined])[] = []
    const documents = documentsOf(async (url, { accept }) => {
      asked.push([url, accept])
      return graphAnswer('stable-4.16', { updates: ['4.16.0 4.16.2'] })
    })
    const graph = await readUpdateGraph(QUESTION, documents, signal)
    assert.deepEqual(asked, [[graphUrl(QUESTION), 'application/json']])
    assert.equal(graph.releases.length, 2)
    assert.equal(graph.architecture, 'arm64')
  })

  it('that fails is named with channel, architecture and host, and what it said', async () => {
    const documents = documentsOf(async () => {
      throw new PlaceError('500 from the server', { status: 500, retryable: true, hint: 'try later' })
    })
    await assert.rejects(readUpdateGraph(QUESTION, documents, signal), (error: unknown) => {
      assert.ok(error instanceof PlaceError)
      assert.equal(
        error.message,
        'cannot read the update graph of channel stable-4.16 (aarch64) from api.openshift.com: 500 from the server',
      )
      assert.deepEqual([error.status, error.retryable, error.hint], [500, true, 'try later'])
      return true
    })
  })

  it('that has nothing at its URL is no service', async () => {
    const question = { ...QUESTION, updateUrl: 'https://osus.example/' }
    await assert.rejects(
      readUpdateGraph(
        question,
        documentsOf(async () => undefined),
        signal,
      ),
      /stable-4\.16 \(aarch64\) from osus\.example: the server has nothing there/,
    )
  })
})

describe('a channel that does not exist', () => {
  const at = sketchGraph('stable-4.16', {
    updates: ['4.16.0'],
    channels: ['stable-4.16', 'fast-4.16', 'candidate-4.16', 'candidate-4.17', 'eus-4.16'],
  })
  const silent = sketchGraph('stable-4.16', { updates: ['4.16.0'], channels: [] })
  const rows = [
    ['stabel-4.16', [at], /did you mean stable-4\.16\?/],
    ['fast4.16', [], /did you mean fast-4\.16\?/],
    ['nightly-4.16', [at], /channels there are: candidate-4\.16, eus-4\.16, fast-4\.16, stable-4\.16$/],
    ['weekly-4.16', [silent], /channels there are: stable-4\.16$/],
    ['stable-4.99', [], /a channel is named stable-4\.16, fast-4\.16/],
  ] as const
  for (const [channel, graphs, hint] of rows)
    it(`such as ${channel} is named, with those there are`, () => {
      const error = unknownChannel({ ...QUESTION, channel }, graphs)
      assert.match(error.message, new RegExp(`channel ${channel} \\(aarch64\\).*: there is no such channel`))
      assert.match(error.hint ?? '', hint)
    })
})
