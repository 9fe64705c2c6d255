/** Digests, and the proof that bytes are what a digest names. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DigestMismatchError, SyntaxFault } from '../errors.ts'
import {
  algorithmOf,
  type Digest,
  digestOf,
  hexOf,
  isDigest,
  parseDigest,
  shortDigest,
  verifyBytes,
  verifyStream,
} from './digest.ts'

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe('a digest', () => {
  it('is sha256 or sha512 with exactly its length in lower-case hex', () => {
    for (const text of [EMPTY, `sha512:${'0'.repeat(128)}`]) assert.equal(parseDigest(text), text)
    const wrong = [
      ...['', 'sha256', 'sha256:', EMPTY.slice(0, -1), `${EMPTY}0`, `${EMPTY}\n`, EMPTY.toUpperCase()],
      ...[
        `sha256:${'g'.repeat(64)}`,
        `sha512:${'0'.repeat(64)}`,
        `md5:${'0'.repeat(32)}`,
        `sha384:${'0'.repeat(96)}`,
      ],
    ]
    for (const text of wrong) assert.throws(() => parseDigest(text), SyntaxFault, text)
  })

  it('has its parts, and a short form for output', () => {
    const digest = digestOf('', 'sha512')
    assert.equal(algorithmOf(digest), 'sha512')
    assert.equal(algorithmOf(parseDigest(EMPTY)), 'sha256')
    assert.equal(hexOf(parseDigest(EMPTY)), EMPTY.slice(7))
    assert.equal(shortDigest(parseDigest(EMPTY)), 'sha256:e3b0c44298fc…')
    assert.equal(digestOf(''), EMPTY)
  })

  it('of anything is a digest, and is proved by the same bytes only', () => {
    fc.assert(
      fc.property(bytes(), algorithm(), (content, by) => {
        const digest = digestOf(content, by)
        assert.ok(isDigest(digest))
        verifyBytes('x', content, digest)
        assert.throws(
          () => verifyBytes('x', Buffer.concat([content, Buffer.of(0)]), digest),
          DigestMismatchError,
        )
      }),
    )
  })
})

describe('a blob that streams through the check', () => {
  it('arrives byte for byte, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(cut(), algorithm(), async (chunks, by) => {
        const content = Buffer.concat(chunks)
        const received = await receive(chunks, { digest: digestOf(content, by), size: content.length })
        assert.equal(received.error, undefined)
        assert.deepEqual(Buffer.concat(received.chunks), content)
      }),
    )
  })

  it('with a wrong digest is never received whole', async () => {
    await fc.assert(
      fc.asyncProperty(cut(), async chunks => {
        const content = Buffer.concat(chunks)
        const received = await receive(chunks, { digest: digestOf('other'), size: content.length })
        assert.ok(received.error instanceof DigestMismatchError)
        assert.ok(content.length === 0 || Buffer.concat(received.chunks).length < content.length)
      }),
    )
  })

  it('that is longer or shorter than it says is never received whole', async () => {
    await fc.assert(
      fc.asyncProperty(cut(), fc.integer({ min: -5, max: 5 }), async (chunks, difference) => {
        const content = Buffer.concat(chunks)
        const size = content.length + difference
        if (difference === 0 || size < 0) return
        const received = await receive(chunks, { digest: digestOf(content), size })
        assert.ok(received.error instanceof DigestMismatchError)
        assert.ok(content.length === 0 || Buffer.concat(received.chunks).length < content.length)
        assert.ok(Buffer.concat(received.chunks).length <= size)
      }),
    )
  })

  it('keeps its last bytes back even when an empty chunk follows them', async () => {
    const received = await receive([Buffer.from('data'), Buffer.alloc(0)], {
      digest: digestOf('other'),
      size: 4,
    })
    assert.ok(received.error instanceof DigestMismatchError)
    assert.deepEqual(received.chunks, [])
  })

  it('says what it is, what was expected and what came', async () => {
    const { error } = await receive([Buffer.from('a')], { digest: digestOf('b'), size: 1 })
    assert.ok(error instanceof DigestMismatchError)
    assert.match(error.message, /^the blob: the bytes do not match/)
    assert.equal(error.expected, digestOf('b'))
    assert.equal(error.actual, digestOf('a'))
    const short = await receive([Buffer.from('a')], { digest: digestOf('a'), size: 2 })
    assert.match(String(short.error), /of 2 bytes, got 1 bytes/)
  })
})

async function receive(
  content: readonly Uint8Array[],
  expected: { readonly digest: Digest; readonly size: number },
): Promise<{ chunks: readonly Uint8Array[]; error: unknown }> {
  const chunks: Uint8Array[] = []
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* content
  }
  try {
    for await (const chunk of verifyStream('the blob', source(), expected)) chunks.push(chunk)
    return { chunks, error: undefined }
  } catch (error) {
    return { chunks, error }
  }
}

function algorithm(): fc.Arbitrary<'sha256' | 'sha512'> {
  return fc.constantFrom('sha256', 'sha512')
}

function bytes(): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength: 40 }).map(array => Buffer.from(array))
}

function cut(): fc.Arbitrary<Buffer[]> {
  return fc.array(bytes(), { maxLength: 6 })
}
