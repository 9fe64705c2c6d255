import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  attachmentOf,
  BLOB_SIZE,
  blobNamed,
  type GraphWords,
  graphOf,
  imageAt,
  manifestNamed,
} from '../../testdata/sample-graph.ts'
import { closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import { parseRepositoryPath } from '../oci/reference.ts'
import { createHoldings, holdingsOf } from './holdings.ts'
import type { Transfer } from './plan.ts'
import { createTransferPlanner } from './transfers.ts'

function planAll(store: ManifestStore, images: readonly ImageContent[], holdings = createHoldings()) {
  const planner = createTransferPlanner(store, holdings, true)
  const transfers = images.map(image => ({
    image,
    transfer: planner.transfer(image, { pushRoot: true, attachments: image.attachments }),
  }))
  return { transfers, counts: planner.counts }
}

function pushes(transfer: Transfer | undefined): readonly string[] {
  return transfer?.manifests.map(({ digest, tag }) => tag ?? digest) ?? []
}

describe('what one image sends', () => {
  const store = graphOf({
    index: { manifests: ['amd64', 'arm64'] },
    amd64: { blobs: ['base', 'amd64'] },
    arm64: { blobs: ['base', 'arm64'] },
    signature: { blobs: ['payload'] },
    sbom: { blobs: ['text'] },
  })
  const attachments = [attachmentOf('index', 'signature', 'index.sig'), attachmentOf('index', 'sbom')]

  it('children by digest, then the tag, then attachments, by tag where they have one', () => {
    const { transfers, counts } = planAll(store, [imageAt('app:1', 'index', { attachments })])
    assert.deepEqual(pushes(transfers[0]?.transfer), [
      manifestNamed('amd64'),
      manifestNamed('arm64'),
      '1',
      'index.sig',
      manifestNamed('sbom'),
    ])
    assert.deepEqual(counts, {
      bytesToTransfer: 5 * BLOB_SIZE,
      blobsToTransfer: 5,
      bytesMounted: 0,
      bytesPresent: 0,
    })
  })

  it('children that are left out are not sent, nor what only they list', () => {
    const sparse = imageAt('app:1', 'index', { omitted: [manifestNamed('arm64')] })
    const [first] = planAll(store, [sparse]).transfers
    assert.deepEqual(pushes(first?.transfer), [manifestNamed('amd64'), '1'])
    assert.ok(first && !first.transfer.blobs.some(({ digest }) => digest === blobNamed('arm64')))
  })

  it('a second tag on the same digest sends only the tag', () => {
    const { transfers } = planAll(store, [
      imageAt('app:1', 'index', { attachments }),
      imageAt('app:2', 'index', { attachments }),
    ])
    assert.deepEqual(transfers[1]?.transfer, {
      blobs: [],
      manifests: [{ digest: manifestNamed('index'), tag: '2' }],
    })
  })

  it('what the repository holds is counted as present and not sent', () => {
    const image = imageAt('app:1', 'amd64')
    const holdings = createHoldings()
    holdings.addBlob(image.destination.repository, blobNamed('base'))
    const { transfers, counts } = planAll(store, [image], holdings)
    assert.deepEqual(transfers[0]?.transfer.blobs, [{ how: 'copy', digest: blobNamed('amd64') }])
    assert.equal(counts.bytesPresent, BLOB_SIZE)
  })

  it('a target that cannot mount gets a copy for each repository', () => {
    const planner = createTransferPlanner(store, createHoldings(), false)
    for (const place of ['a:1', 'b:1'])
      for (const { how } of planner.transfer(imageAt(place, 'amd64'), { pushRoot: true, attachments: [] })
        .blobs)
        assert.equal(how, 'copy')
  })
})

describe('what the state holds', () => {
  const store = graphOf({ old: { blobs: ['base', 'old'] }, new: { blobs: ['base', 'new'] } })
  const state = {
    ...store,
    lineage: '',
    target: { kind: 'layout', folder: '' } as const,
    images: [imageAt('app:1', 'old')],
    loose: [{ repository: parseRepositoryPath('b'), digest: blobNamed('new'), size: BLOB_SIZE }],
  }

  it('is not sent again, and is mounted elsewhere; blobs of an interrupted apply count too', () => {
    const { transfers } = planAll(store, [imageAt('b:1', 'new')], holdingsOf(state, new Set()))
    assert.deepEqual(transfers[0]?.transfer.blobs, [{ how: 'mount', digest: blobNamed('base'), from: 'app' }])
  })

  it('is not trusted where the tag names something else', () => {
    const { transfers } = planAll(store, [imageAt('b:1', 'old')], holdingsOf(state, new Set(['app:1'])))
    assert.ok(transfers[0]?.transfer.blobs.every(({ how }) => how === 'copy'))
  })
})

describe('for any images', () => {
  const blobs = fc.subarray(['b0', 'b1', 'b2', 'b3', 'b4'])
  const graphs = fc
    .tuple(
      fc.array(blobs, { minLength: 3, maxLength: 5 }),
      fc.array(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
    )
    .map(([leaves, indexes]) => {
      const words: Record<string, GraphWords[string]> = {}
      leaves.forEach((list, at) => {
        words[`m${at}`] = { blobs: list }
      })
      for (const children of indexes) {
        const known = Object.keys(words)
        const manifests = [...new Set(children.map(child => known[child % known.length] ?? 'm0'))]
        words[`m${known.length}`] = { manifests }
      }
      return { store: graphOf(words), words: Object.keys(words) }
    })
  const scenes = graphs.chain(({ store, words }) => {
    const image = fc
      .record({
        repository: fc.constantFrom('a', 'b', 'c/d'),
        tag: fc.constantFrom('1', '2', '3'),
        root: fc.constantFrom(...words),
        attached: fc.option(fc.constantFrom(...words), { nil: undefined }),
      })
      .map(({ repository, tag, root, attached }) =>
        imageAt(`${repository}:${tag}`, root, {
          attachments: attached === undefined ? [] : [attachmentOf(root, attached, `${root}.sig`)],
        }),
      )
    return fc.record({ store: fc.constant(store), images: fc.array(image, { maxLength: 6 }) })
  })

  it('each blob is copied at most once, mounts come from where it is by then, and manifests go bottom-up', () => {
    fc.assert(
      fc.property(scenes, ({ store, images }) => {
        const there = new Set<string>()
        const copied = new Set<string>()
        for (const { image, transfer } of planAll(store, images).transfers) {
          const { repository, tag } = image.destination
          for (const move of transfer.blobs) {
            assert.ok(!there.has(`${repository} ${move.digest}`), 'nothing is sent twice')
            if (move.how === 'copy') assert.ok(!copied.has(move.digest), 'nothing is copied twice')
            if (move.how === 'copy') copied.add(move.digest)
            if (move.how === 'mount') assert.ok(there.has(`${move.from} ${move.digest}`))
            there.add(`${repository} ${move.digest}`)
          }
          for (const { digest } of transfer.manifests) {
            const node = store.manifests.get(digest)
            for (const below of [...(node?.manifests ?? []), ...(node?.blobs ?? [])])
              assert.ok(there.has(`${repository} ${below}`), 'what it lists is there first')
            there.add(`${repository} ${digest}`)
          }
          assert.equal(transfer.manifests.filter(push => push.tag === tag).length, 1)
          for (const digest of closureOf(store, image)) assert.ok(there.has(`${repository} ${digest}`))
        }
      }),
    )
  })
})
