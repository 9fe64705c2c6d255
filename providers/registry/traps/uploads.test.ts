/** Registries, and proxies before them, that take a blob in one way only: the way is found, and remembered. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import * as dialects from '../../../testdata/dialects.ts'
import { bytesFromSeed } from '../../../testdata/images.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { contentOf, STARTED } from '../testing/uploads.ts'

const LIMIT = 1_000_000
const BLOBS = ['first', 'second'].map(seed => bytesFromSeed(seed, 3_000_000))

const ONE_WAY: readonly (readonly [string, dialects.Dialect, refusals: number, largest: number])[] = [
  ['ACR takes so many bytes in one request', dialects.acr(LIMIT), 3, LIMIT],
  ['nginx takes so many bytes in one request', dialects.behindNginx(LIMIT), 3, LIMIT],
  ['GHCR takes pieces of some size, and no whole blobs', piecesOnly(LIMIT), 4, LIMIT],
  ['Artifactory takes bytes by PATCH', dialects.artifactory(), 1, 3_000_000],
  ['Artifact Registry takes whole blobs', dialects.gar(), 0, 3_000_000],
]

function piecesOnly(largest: number): dialects.Dialect {
  const [whole, pieces] = [dialects.artifactory(), dialects.ghcr(largest)]
  return { ...pieces, faults: request => whole.faults?.(request) ?? pieces.faults?.(request) }
}

for (const [what, dialect, refusals, largest] of ONE_WAY)
  test(`${what}: the first blob finds out how, the second knows`, async t => {
    const server = await startTestRegistry(t, dialect)
    const { repository } = await openTestTarget(t, server.host)
    for (const [at, blob] of BLOBS.entries()) {
      server.clearRequests()
      const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
      assert.equal(await repository.pushBlob(descriptor, contentOf(blob), SIGNAL), 'uploaded')
      assert.equal(await repository.hasBlob(descriptor, SIGNAL), true)
      const sent = server.requests.filter(({ method }) => method === 'PUT' || method === 'PATCH')
      const refused = sent.filter(({ status }) => status >= 400)
      assert.ok(refused.length <= (at === 0 ? refusals : 0), `${refused.length} refusals of blob ${at}`)
      const taken = sent.filter(({ status }) => status < 400)
      assert.ok(taken.every(({ bytesIn }) => bytesIn <= largest))
      assert.equal(
        taken.reduce((bytes, { bytesIn }) => bytes + bytesIn, 0),
        blob.length,
      )
    }
  })

/** Takes pieces only, of any size, and says how small they may be. */
function pieces(sizes: number[], size: number, minimum: number): Handler {
  return async ({ method, headers, body }) => {
    const received = () => sizes.reduce((sum, piece) => sum + piece, 0)
    const length = Number(headers['content-length'] ?? 0)
    if (method === 'POST')
      return { ...STARTED, headers: { ...STARTED.headers, 'oci-chunk-min-length': String(minimum) } }
    if (method === 'PUT') return { status: length === 0 && received() === size ? 201 : 404 }
    if (method !== 'PATCH') return undefined
    if (headers['content-range'] === undefined) return { status: 416 }
    sizes.push((await body()).length)
    return { status: 202, headers: { location: '/up/1', range: `0-${received() - 1}` } }
  }
}

test('pieces are as large as the registry wants them at least, within reason', async t => {
  const MiB = 1024 * 1024
  for (const [minimum, size, expected] of [
    [20 * MiB, 30 * MiB, [20 * MiB, 10 * MiB]],
    [1e12, 70 * MiB, [64 * MiB, 6 * MiB]],
  ] as const) {
    const blob = Buffer.alloc(size, 'x')
    const sizes: number[] = []
    const registry = await startScriptedRegistry(t, pieces(sizes, size, minimum))
    const { repository } = await openTestTarget(t, registry.host)
    const descriptor = { mediaType: 'x', digest: digestOf(blob), size }
    assert.equal(await repository.pushBlob(descriptor, contentOf(blob), SIGNAL), 'uploaded')
    assert.deepEqual(sizes, expected)
  }
})
