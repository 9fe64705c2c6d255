import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sampleAdd, sampleDelete, sampleImage, samplePlan } from '../../testdata/sample-plans.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { requestLines } from '../report/request-text.ts'
import { displacedManifest, EMPTY_BLOB_DIGEST } from './displaced.ts'
import type { Change, RemovalStep } from './plan.ts'
import { decodePlan, encodePlan } from './plan-file.ts'
import { plannedRequests } from './requests.ts'

function deleteBy(name: string, ...steps: readonly RemovalStep[]): Change {
  return { ...sampleDelete(name), removal: { steps, sparedTags: [] } }
}

function requestsOf(...changes: readonly Change[]): readonly string[] {
  return plannedRequests(samplePlan(changes)).map(request => {
    if (request.do === 'create-project') return `create-project ${request.project}`
    const what = 'tag' in request ? request.tag : 'reference' in request ? request.reference : request.digest
    return `${request.do} ${request.repository} ${what.slice(0, 12)}`
  })
}

it('what is only recorded makes no request', () => {
  const image = sampleImage('a:1')
  assert.deepEqual(
    requestsOf(
      { action: 'adopt', image, expect: image.digest },
      { action: 'keep', image, reason: 'so' },
      { action: 'forget', image, reason: 'so' },
    ),
    [],
  )
})

it('projects that are made come before everything else', () => {
  const plan = { ...samplePlan([sampleAdd('a:1')]), projects: ['ocp', 'team'] }
  const requests = plannedRequests(plan)
  assert.deepEqual(requests.slice(0, 2), [
    { do: 'create-project', project: 'ocp' },
    { do: 'create-project', project: 'team' },
  ])
  assert.deepEqual(requestLines(plan)[0], 'create project   ocp')
  assert.deepEqual(decodePlan(encodePlan(plan), 'plan').projects, ['ocp', 'team'])
  assert.doesNotMatch(encodePlan(samplePlan([sampleAdd('a:1')])), /"projects"/)
})

it('a send is its blobs, then its manifests; a mount says from where', () => {
  const add = sampleAdd('a:1')
  const [first, second] = add.transfer.blobs
  assert.ok(first && second)
  const from = parseRepositoryPath('ocp/b')
  const blobs = [first, { how: 'mount', digest: second.digest, from }] as const
  const requests = plannedRequests(samplePlan([{ ...add, transfer: { ...add.transfer, blobs } }]))
  assert.deepEqual(
    requests.map(request => request.do),
    ['upload', 'mount', 'put-manifest'],
  )
  assert.deepEqual(requests[1], { do: 'mount', repository: 'ocp/a', digest: second.digest, from })
  assert.deepEqual(requests[2], {
    do: 'put-manifest',
    repository: 'ocp/a',
    reference: '1',
    digest: add.image.digest,
  })
})

it('displaced tags of one repository share one empty blob', () => {
  const displace = (name: string, tag: string) => {
    const made = displacedManifest('ocp/a', parseTag(tag))
    return deleteBy(name, { do: 'displace-tag', tag: parseTag(tag), with: made.digest })
  }
  const [one, two] = ['1', '2'].map(tag => displacedManifest('ocp/a', parseTag(tag)).digest.slice(0, 12))
  const empty = EMPTY_BLOB_DIGEST.slice(0, 12)
  assert.notEqual(one, two)
  assert.deepEqual(requestsOf(displace('a:1', '1'), displace('a:2', '2')), [
    `upload ocp/a ${empty}`,
    'put-manifest ocp/a 1',
    `delete-manifest ocp/a ${one}`,
    'put-manifest ocp/a 2',
    `delete-manifest ocp/a ${two}`,
  ])
})

it('the steps of a delete are its requests', () => {
  const { digest } = sampleImage('a:1')
  assert.deepEqual(
    requestsOf(
      deleteBy(
        'a:1',
        { do: 'delete-tag', tag: parseTag('1') },
        { do: 'delete-manifest', digest, releases: [parseTag('1')] },
      ),
    ),
    ['delete-tag ocp/a 1', `delete-manifest ocp/a ${digest.slice(0, 12)}`],
  )
})
