import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { PlanError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import { plans } from './arbitraries.ts'
import { lineageOf } from './lineage.ts'
import type { Plan } from './plan.ts'
import { decodePlan, encodePlan, planDigest } from './plan-file.ts'

const old = digestOf('old')
const young = digestOf('young')
const layer = digestOf('layer')
const node = (digest: string): object => ({
  digest,
  mediaType: 'm',
  size: 500,
  manifests: [],
  blobs: [layer],
})
const image = (tag: string, digest: string): object => ({
  destination: { repository: 'ocp/ubi9/ubi', tag },
  source: `registry.redhat.io/ubi9/ubi:${tag}`,
  digest,
  platforms: ['linux/amd64'],
  omitted: [],
  attachments: [],
  origins: [{ kind: 'additionalImage', name: `ubi9/ubi:${tag}` }],
})
const plan = {
  target: { kind: 'registry', host: 'enc1.example:5000', prefix: 'ocp' },
  lineage: undefined,
  stateRevision: undefined,
  statePath: 'enc1.state.json',
  inputs: [{ path: 'isc.yaml', digest: old }],
  options: { refresh: true, only: [], exclude: [], destroy: false, allowMassDelete: false },
  summary: {
    add: 0,
    adopt: 0,
    move: 1,
    repair: 0,
    keep: 12,
    delete: 1,
    forget: 0,
    bytesToTransfer: 1000,
    blobsToTransfer: 1,
    bytesMounted: 0,
    bytesPresent: 0,
    bytesReclaimable: 500,
  },
  changes: [
    {
      action: 'move',
      image: image('latest', young),
      from: old,
      expect: old,
      transfer: { blobs: [{ how: 'copy', digest: layer }], manifests: [{ digest: young, tag: 'latest' }] },
    },
    {
      action: 'delete',
      image: image('9.1', old),
      expect: old,
      removal: { steps: [{ do: 'delete-tag', tag: '9.1' }], sparedTags: ['9'] },
      reclaims: 500,
    },
  ],
  manifests: new Map([
    [young, node(young)],
    [old, node(old)],
  ]),
  blobs: new Map([[layer, 1000]]),
  selections: [],
  documents: [],
  made: new Map(),
  notes: ['two images share a tag'],
} as unknown as Plan
const text = encodePlan(plan)

test('a plan file has one line for each change, and its last line seals it', () => {
  const [first, second] = [young, old].sort()
  const origins = (tag: string): string => `"origins":[{"kind":"additionalImage","name":"ubi9/ubi:${tag}"}]`
  assert.equal(
    text,
    `{
  "format": "mirrorform-plan",
  "version": 1,
  "target": "docker://enc1.example:5000/ocp",
  "lineage": null,
  "stateRevision": null,
  "statePath": "enc1.state.json",
  "inputs": [
    {"path":"isc.yaml","digest":"${old}"}
  ],
  "options": {"refresh":true,"only":[],"exclude":[],"destroy":false,"allowMassDelete":false},
  "destructive": true,
  "summary": {"add":0,"adopt":0,"move":1,"repair":0,"keep":12,"delete":1,"forget":0,"bytesToTransfer":1000,"blobsToTransfer":1,"bytesMounted":0,"bytesPresent":0,"bytesReclaimable":500},
  "changes": [
    {"action":"move","destination":"enc1.example:5000/ocp/ubi9/ubi:latest","source":"registry.redhat.io/ubi9/ubi:latest","digest":"${young}","previousDigest":"${old}","platforms":["linux/amd64"],${origins('latest')},"size":1500,"expect":"${old}","transfer":{"blobs":["${layer}"],"manifests":[{"digest":"${young}","tag":"latest"}]}},
    {"action":"delete","destination":"enc1.example:5000/ocp/ubi9/ubi:9.1","source":"registry.redhat.io/ubi9/ubi:9.1","digest":"${old}","previousDigest":"${old}","platforms":["linux/amd64"],${origins('9.1')},"size":1500,"expect":"${old}","removal":{"steps":[{"do":"delete-tag","tag":"9.1"}],"sparedTags":["9"]},"reclaims":500}
  ],
  "manifests": [
    {"digest":"${first}","mediaType":"m","size":500,"blobs":["${layer}"]},
    {"digest":"${second}","mediaType":"m","size":500,"blobs":["${layer}"]}
  ],
  "blobs": [
    {"digest":"${layer}","size":1000}
  ],
  "notes": [
    "two images share a tag"
  ],
  "digest": "${planDigest(plan)}"
}
`,
  )
})

test('a plan is read back as it was written, and the same plan gives the same bytes', () => {
  fc.assert(
    fc.property(plans, plan => {
      const text = encodePlan(plan)
      const decoded = decodePlan(text, 'p')
      assert.deepEqual(decoded, plan)
      assert.equal(encodePlan(decoded), text)
    }),
  )
})

test('the digest of a plan is the sha256 of its file without the last member', () => {
  const without = text.replace(/^ {2}"digest": .*\n/m, '')
  assert.equal(planDigest(plan), digestOf(without))
})

const damages: readonly (readonly [what: string, text: string, message: RegExp, hint: RegExp])[] = [
  [
    'a plan edited by hand',
    text.replace('"tag":"9.1"', '"tag":"9"'),
    /^p\.json was changed after it was made/,
    /plan again/,
  ],
  [
    'a plan whose digest was edited',
    text.replace(/"digest": "sha256:../, '"digest": "sha256:00'),
    /^p\.json was changed after/,
    /plan again/,
  ],
  [
    'a reformatted plan',
    JSON.stringify(JSON.parse(text)),
    /the digest that ends a plan is missing/,
    /plan again/,
  ],
  ['a plan cut short', text.slice(0, 400), /^p\.json:\d+:\d+: not JSON/, /plan again/],
  [
    'a plan of a later version',
    text.replace('"version": 1', '"version": 9'),
    /version 9, written by a newer mirrorform; this one reads version 1/,
    /version 9/,
  ],
  [
    'a state file',
    text.replace('-plan', '-state'),
    /^p\.json is not a plan: its format is "mirrorform-state"/,
    /wrote as a plan/,
  ],
  [
    'a plan in a merge conflict',
    text.replace('  "notes"', '=======\n  "notes"'),
    /git left a merge conflict/,
    /plan again/,
  ],
]

for (const [what, damaged, message, hint] of damages) {
  test(`${what} is refused, saying what to do`, () => {
    assert.notEqual(damaged, text)
    assert.throws(
      () => decodePlan(damaged, 'p.json'),
      (error: unknown) => {
        assert.ok(error instanceof PlanError)
        assert.match(error.message, message)
        assert.match(error.hint ?? '', hint)
        return true
      },
    )
  })
}

const graph = Buffer.from('{"nodes":[]}')
const blob = Buffer.from('a layer')
const rich: Plan = {
  ...plan,
  selections: [
    {
      title: 'channel stable-4.16 (x86_64)',
      kept: [{ name: '4.16.8', why: 'head of the channel' }],
      remarks: ['no way from 4.15.1'],
    },
  ],
  documents: [
    { url: 'https://graph.example/graph?channel=stable-4.16', digest: digestOf(graph), bytes: graph },
  ],
  made: new Map([[digestOf(blob), blob]]),
}

test('a selection, a document and a made blob have one line each, and the order of made blobs does not matter', () => {
  const lines = encodePlan(rich).split('\n')
  assert.ok(
    lines.includes(
      '    {"title":"channel stable-4.16 (x86_64)","kept":[{"name":"4.16.8","why":"head of the channel"}],"remarks":["no way from 4.15.1"]}',
    ),
  )
  assert.ok(
    lines.includes(`    {"digest":"${digestOf(blob)}","size":7,"base64":"${blob.toString('base64')}"}`),
  )
  const document = lines.find(line => line.includes('https://graph.example')) ?? ''
  const { gzip } = JSON.parse(document) as { gzip: string }
  assert.deepEqual(gunzipSync(Buffer.from(gzip, 'base64')), graph)
  const other = digestOf('other')
  const two = [...rich.made, [other, Buffer.from('other')] as const]
  assert.equal(
    encodePlan({ ...rich, made: new Map(two) }),
    encodePlan({ ...rich, made: new Map(two.toReversed()) }),
  )
})

const foreign: readonly (readonly [what: string, plan: Plan, message: RegExp])[] = [
  [
    'a document that is not what its digest names',
    { ...rich, documents: [{ url: 'u', digest: old, bytes: graph }] },
    /^p\.json: documents\[0\]\.gzip is not what sha256:\w+ names$/,
  ],
  [
    'a made blob that is not what its digest names',
    { ...rich, made: new Map([[old, blob]]) },
    /^p\.json: made\[0\]\.base64 is not what sha256:\w+ names$/,
  ],
]

for (const [what, wrong, message] of foreign)
  test(`${what} is refused`, () => {
    assert.throws(() => decodePlan(encodePlan(wrong), 'p.json'), { name: 'PlanError', message })
  })

test('a plan that git checked out with carriage returns is still the plan that was reviewed', () => {
  assert.deepEqual(decodePlan(text.replaceAll('\n', '\r\n'), 'p'), plan)
})

test('the lineage born from a plan is a UUID of version 8 that depends on nothing but the plan', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const lineage = lineageOf(digestOf(a))
      assert.match(lineage, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.equal(lineageOf(digestOf(b)) === lineage, a === b)
    }),
  )
})
