/** Documents behind other targets: which place answers for which address, and that no other is ever asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeptDocument } from '../../lib/content/documents.ts'
import { RED_HAT_SIGNATURES_URL, signatureUrl } from '../../lib/content/release/signatures/index.ts'
import { graphUrl } from '../../lib/content/release/update-graph/index.ts'
import { hintOf, messageOf } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import type { StateImage } from '../../lib/state.ts'
import { SAMPLE_TARGET, sampleImage } from '../../testdata/sample-plans.ts'
import { type DocumentHop, enclaveWeb, type Hop, heldGraphImage } from './index.ts'

const OSUS = 'https://osus.enterprise.example/api/upgrades_info/v1/graph'
const PUBLIC = graphUrl({ product: 'ocp', channel: 'stable-4.16', architecture: 'amd64' })
const payload = sampleImage('release-images:4.16.3')
const SIGNATURE = signatureUrl(RED_HAT_SIGNATURES_URL, payload.digest, 1)

function hop(...images: readonly StateImage[]): Hop {
  assert.ok(SAMPLE_TARGET.kind === 'registry')
  const content = { manifests: new Map(), blobs: new Map(), loose: [] }
  const state = { lineage: 'x', target: SAMPLE_TARGET, images, ...content }
  return { name: 'enterprise', address: SAMPLE_TARGET, state }
}

function kept(url: string, text: string): KeptDocument {
  const bytes = Buffer.from(text)
  return { url, bytes, digest: digestOf(bytes) }
}

const inputs = (...documents: readonly KeptDocument[]) => ({ inputs: { path: 'hub.plan.json', documents } })

/** What is read, and what of it was asked of the web, which answers everything with its address. */
async function read(at: Hop, hops: readonly DocumentHop[], url: string) {
  const asked: string[] = []
  const web = enclaveWeb(at, hops, {
    get: async text => {
      asked.push(text)
      return Buffer.from(text)
    },
  })
  const outcome = await web.get(url, { maxBytes: 1000 }, new AbortController().signal).then(
    bytes => ({ text: bytes && Buffer.from(bytes).toString(), hint: '' }),
    error => ({ text: messageOf(error), hint: hintOf(error) ?? '' }),
  )
  return { ...outcome, asked }
}

test('graphs are asked of the update service of the nearest target that has one, with the same question', async () => {
  const both = { name: 'enterprise', updateService: `${OSUS}?tenant=1`, ...inputs(kept(PUBLIC, 'old')) }
  const { asked } = await read(hop(), [{ name: 'enc1' }, both], PUBLIC)
  assert.deepEqual(asked, [`${OSUS}?tenant=1&arch=amd64&channel=stable-4.16`])
})

test('without a service they are those that a plan kept, whatever address it asked', async () => {
  const other = `${OSUS}?arch=amd64&channel=stable-4.16`
  const arm = PUBLIC.replace('amd64', 'arm64')
  const hops = [{ name: 'enterprise', ...inputs(kept(arm, 'arm'), kept(other, 'here')) }]
  assert.deepEqual(await read(hop(), hops, PUBLIC), { text: 'here', hint: '', asked: [] })
  assert.equal((await read(hop(), hops, arm)).text, 'arm')
})

test('without either it is an error that names both ways', async () => {
  const { text, hint, asked } = await read(hop(), [{ name: 'enterprise' }], PUBLIC)
  assert.equal(text, 'nothing beyond enterprise is asked, and no plan with kept documents is named')
  assert.match(
    hint,
    /^name the update service .*: updateService of the target enterprise [^\n]*\nname a plan that kept it: inputs /,
  )
  assert.deepEqual(asked, [])
  const lacking = await read(hop(), [{ name: 'enterprise', ...inputs() }], PUBLIC)
  assert.equal(
    lacking.text,
    'nothing beyond enterprise is asked, and it is not among the documents of hub.plan.json',
  )
})

test('signatures come from the state, and from kept documents by their digest', async () => {
  const signed = { ...payload, releaseSignatures: [Buffer.from('from the state').toString('base64')] }
  const elsewhere = signatureUrl('https://store.example/', payload.digest, 1)
  const hops = [{ name: 'enterprise', updateService: OSUS, ...inputs(kept(elsewhere, 'kept')) }]
  assert.deepEqual(await read(hop(signed), hops, SIGNATURE), { text: 'from the state', hint: '', asked: [] })
  assert.equal((await read(hop(signed), hops, SIGNATURE.replace(/1$/, '2'))).text, 'kept')
  assert.equal((await read(hop(signed), hops, SIGNATURE.replace(/1$/, '3'))).text, undefined)
  assert.equal((await read(hop(payload), hops, SIGNATURE)).text, 'kept')
  const none = await read(hop(payload), [{ name: 'enterprise', updateService: OSUS }], SIGNATURE)
  assert.match(
    none.text ?? '',
    /^the state of enterprise has no signature of sha256:\w+; nothing beyond enterprise is asked/,
  )
  assert.match(none.hint, /without --ignore-release-signature\nname a plan that kept it/)
  assert.deepEqual(none.asked, [])
})

test('other documents are read where a plan kept them, files on this disk as they are, and nothing else', async () => {
  const chart = 'https://charts.example/index.yaml'
  const hops = [{ name: 'enterprise', updateService: OSUS, ...inputs(kept(chart, 'charts')) }]
  const secret = 'https://me:secret@charts.example/index.yaml'
  assert.deepEqual(await read(hop(), hops, secret), { text: 'charts', hint: '', asked: [] })
  for (const near of ['file:///srv/a', 'oci://registry.example/charts/app:1'])
    assert.deepEqual((await read(hop(), hops, near)).asked, [near])
  const { text, asked } = await read(hop(), hops, 'https://me:secret@other.example/index.yaml')
  assert.match(
    text ?? '',
    /^https:\/\/other\.example\/index\.yaml is not read: nothing beyond enterprise is asked/,
  )
  assert.deepEqual(asked, [])
})

test('the image of graph data is the one that is held; without one the error says where to ask for it', () => {
  const made: StateImage = { ...sampleImage('ubi9/ubi:latest'), origins: [{ kind: 'graphData' }] }
  const wanted = heldGraphImage(hop(made))
  assert.deepEqual(
    [wanted.repository, wanted.tag, wanted.made],
    ['openshift/graph-image', 'latest', undefined],
  )
  assert.throws(
    () => heldGraphImage(hop()),
    /^EnclaveError: the image of graph data is not held by enterprise /,
  )
})
