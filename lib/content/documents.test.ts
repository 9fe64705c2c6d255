import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { factsInMemory } from '../../testdata/caches-in-memory.ts'
import { hintOf, PlaceError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { FactCache } from '../provider.ts'
import { createDocuments, type DocumentsOptions } from './documents.ts'

const SIGNAL = new AbortController().signal
const REQUEST = { maxBytes: 1000 }
const URL_A = 'https://updates.example/graph?channel=stable-4.16'
const URL_B = 'https://mirror.example/signature-1'
const AWAY = new PlaceError('cannot read it: 503', { status: 503, retryable: true, hint: 'try again later' })

const bytesOf = (text: string) => new TextEncoder().encode(text)

function memoryFacts(): FactCache & { readonly held: Map<string, Uint8Array> } {
  const held = new Map<string, Uint8Array>()
  return { held, ...factsInMemory(held) }
}

/** A web of fixed pages that counts what it is asked for. */
function sceneOf(pages: Readonly<Record<string, string | Error>>, facts = memoryFacts()) {
  const asked: string[] = []
  const web: DocumentsOptions['web'] = {
    get: async url => {
      asked.push(url)
      const page = pages[url]
      if (page instanceof Error) throw page
      return page === undefined ? undefined : bytesOf(page)
    },
  }
  const open = (options: Partial<DocumentsOptions> = {}) =>
    createDocuments({ web, facts, refresh: true, ...options })
  const read = async (documents: ReturnType<typeof open>, url: string) => {
    const bytes = await documents.read(url, REQUEST, SIGNAL)
    return bytes && new TextDecoder().decode(bytes)
  }
  return { asked, facts, open, read }
}

describe('documents of a plan', () => {
  it('are read once, however many ask, and listed by URL with their digests', async () => {
    const { asked, open, read } = sceneOf({ [URL_A]: 'graph', [URL_B]: 'signature' })
    const documents = open()
    const all = await Promise.all([URL_A, URL_B, URL_A].map(url => read(documents, url)))
    assert.deepEqual([...all, await read(documents, URL_B)], ['graph', 'signature', 'graph', 'signature'])
    assert.deepEqual(asked, [URL_A, URL_B])
    assert.deepEqual(documents.used, [
      { url: URL_B, digest: digestOf('signature'), bytes: bytesOf('signature') },
      { url: URL_A, digest: digestOf('graph'), bytes: bytesOf('graph') },
    ])
  })

  it('that are not there are asked for once, and are no document', async () => {
    const { asked, facts, open, read } = sceneOf({})
    const documents = open()
    assert.equal(await read(documents, URL_A), undefined)
    assert.equal(await read(documents, URL_A), undefined)
    assert.deepEqual([asked, documents.used, facts.held.size], [[URL_A], [], 0])
  })

  it('of an earlier plan stand in for the network, and everything else is read', async () => {
    const { asked, open, read } = sceneOf({ [URL_A]: 'new', [URL_B]: 'signature' })
    const earlier = [{ url: URL_A, digest: digestOf('old'), bytes: bytesOf('old') }]
    const documents = open({ earlier })
    assert.deepEqual([await read(documents, URL_A), await read(documents, URL_B)], ['old', 'signature'])
    assert.deepEqual(asked, [URL_B])
    assert.deepEqual(
      documents.used.map(({ url }) => url),
      [URL_B, URL_A],
    )
  })

  it('are today’s, and with --refresh=false those of the last run', async () => {
    const facts = memoryFacts()
    const before = sceneOf({ [URL_A]: 'old' }, facts)
    await before.read(before.open(), URL_A)
    const today = sceneOf({ [URL_A]: 'new', [URL_B]: 'signature' }, facts)
    const withCopies = today.open({ refresh: false })
    assert.deepEqual(
      [await today.read(withCopies, URL_A), await today.read(withCopies, URL_B)],
      ['old', 'signature'],
    )
    assert.deepEqual(today.asked, [URL_B])
    assert.equal(await today.read(today.open(), URL_A), 'new')
  })

  it('whose digest is known are taken from a copy that has it, and from no other', async () => {
    const { asked, open, read } = sceneOf({ [URL_A]: 'package' })
    await read(open(), URL_A)
    const again = open()
    await again.read(URL_A, REQUEST, SIGNAL, digestOf('package'))
    assert.equal(asked.length, 1)
    assert.deepEqual(
      again.used.map(({ digest }) => digest),
      [digestOf('package')],
    )
    await open().read(URL_A, REQUEST, SIGNAL, digestOf('another'))
    assert.equal(asked.length, 2)
  })

  it('that cannot be read are an error even where a copy is there, and the error tells of the copy', async () => {
    const { facts, open, read } = sceneOf({ [URL_A]: AWAY, [URL_B]: AWAY })
    await sceneOf({ [URL_A]: 'old' }, facts)
      .open()
      .read(URL_A, REQUEST, SIGNAL)
    await assert.rejects(read(open(), URL_A), (error: unknown) => {
      assert.ok(error instanceof PlaceError)
      assert.deepEqual([error.message, error.status, error.retryable], [AWAY.message, 503, true])
      assert.match(error.hint ?? '', /^try again later; a copy of an earlier run is there: --refresh=false/)
      return true
    })
    await assert.rejects(read(open(), URL_B), (error: unknown) => hintOf(error) === AWAY.hint)
  })

  it('that failed are asked for again by the next who wants them', async () => {
    const pages: Record<string, string | Error> = { [URL_A]: AWAY }
    const { asked, open, read } = sceneOf(pages)
    const documents = open()
    await assert.rejects(read(documents, URL_A), AWAY)
    pages[URL_A] = 'graph'
    assert.equal(await read(documents, URL_A), 'graph')
    assert.equal(asked.length, 2)
  })

  it('are asked for with the login in their URL and kept without it', async () => {
    const url = 'https://me:secret@updates.example/graph?token=secret&arch=amd64'
    const { asked, facts, open, read } = sceneOf({ [url]: 'graph' })
    const documents = open()
    assert.equal(await read(documents, url), 'graph')
    assert.deepEqual(asked, [url])
    assert.deepEqual(
      documents.used.map(kept => kept.url),
      ['https://updates.example/graph?token=2bb80d537b1d&arch=amd64'],
    )
    assert.doesNotMatch([...facts.held.keys()].join(), /secret/)
    const again = open({ earlier: documents.used })
    assert.equal(await read(again, url), 'graph')
    assert.equal(asked.length, 1)
  })
})
