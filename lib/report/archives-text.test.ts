/** What plans and results say of archives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleDigest, sampleImage, samplePlan } from '../../testdata/sample-plans.ts'
import type { Change, MissingContent, Plan, Shipment } from '../plan/plan.ts'
import { renderPlanMarkdown } from './plan-markdown.ts'
import { renderPlan } from './plan-text.ts'
import { applyExitCode, renderApplyResult } from './result-text.ts'
import { PLAIN_STYLE } from './style.ts'

const WIDE = { style: PLAIN_STYLE, width: 200 }
const image = sampleImage('a/b:1')
const added: Change = {
  action: 'add',
  image,
  expect: 'absent',
  transfer: { blobs: [], manifests: [{ digest: image.digest, tag: image.destination.tag }] },
}
const shipment: Shipment = {
  folder: '/media/disc',
  volumeSize: 4_700_000_000,
  number: 3,
  earlier: [],
  notHeld: [],
}
const missing: MissingContent = {
  destination: sampleImage('c/d:1').destination,
  source: 'registry.redhat.io/c/d:1',
  digest: sampleDigest('c/d:1'),
  lacks: [sampleDigest('x'), sampleDigest('y')],
  shippedIn: [2],
}
const done = {
  results: [{ destination: 'a', action: 'add', outcome: 'done' }],
  done: 1,
  already: 0,
  failed: 0,
  interrupted: 0,
  blobsCopied: 0,
  blobsMounted: 0,
  bytesCopied: 0,
  ms: 0,
} as const

const planWith = (more: Partial<Plan>): Plan => ({ ...samplePlan([added]), ...more })

test('a plan for an archive says for whom it is, where it goes and which one it is', () => {
  const text = renderPlan(planWith({ shipment }), WIDE)
  assert.match(
    text,
    /^mirrorform will write an archive for registry\.enc1\.example:5000\/ocp to \/media\/disc\n {2}archive 3, in volumes of at most 4\.3 GiB\n/,
  )
  assert.match(renderPlanMarkdown(planWith({ shipment })), /^### mirrorform archive 3 for /)
})

test('a plan from archives names them, and what is missing with the archive that carried it', () => {
  const id = sampleDigest('archive')
  const from = [{ folder: '/media/disc', id, record: { id, number: 3, plan: sampleDigest('plan') } }]
  const plan = planWith({ from, missing: [missing] })
  const text = renderPlan(plan, WIDE)
  assert.match(text, /\n {2}images come from \/media\/disc \(archive 3\)\n/)
  assert.match(text, /\n {2}! c\/d:1\n {4}it lacks 2 blobs or manifests, shipped in archive 2\n/)
  assert.match(renderPlanMarkdown(plan), /c\/d:1.*\n.*it lacks 2 blobs or manifests, shipped in archive 2/)
})

test('a plan from archives that changes nothing says where it is, because applying it writes the receipt', () => {
  const id = sampleDigest('archive')
  const plan = { ...samplePlan([]), from: [{ folder: '/media/disc', id }], missing: [missing] }
  const text = renderPlan(plan, { ...WIDE, savedTo: 'site.plan.json' })
  assert.match(text, /^No changes\./)
  assert.match(text, /\n\nSaved to site\.plan\.json\. Review it, .*: mirrorform apply site\.plan\.json$/)
  const direct = renderPlan(samplePlan([]), { ...WIDE, savedTo: 'site.plan.json' })
  assert.doesNotMatch(direct, /Saved to/)
})

test('an apply that could not bring everything ends with 4, and names what to do', () => {
  const plan = planWith({ missing: [missing] })
  assert.equal(applyExitCode(done, plan), 4)
  const text = renderApplyResult(done, plan, WIDE)
  assert.match(
    text,
    /^1 image could not be brought, because content is missing:\n {2}! .*\/c\/d:1: it lacks 2/,
  )
  assert.match(text, /exit code 4: missing content\)$/)
})

test('a written archive is told by its number, an unfinished one as such', () => {
  const plan = planWith({ shipment })
  assert.match(renderApplyResult(done, plan, WIDE), /^Archive 3 for .* in \/media\/disc: 1 added\./)
  const failed = { ...done, failed: 1 }
  assert.match(renderApplyResult(failed, plan, WIDE), /^Unfinished archive for .* in \/media\/disc: /m)
})
