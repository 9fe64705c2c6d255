/** The way of an image through targets and archives, as far as states show it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleDigest, sampleImage, sampleManifest, storeOf } from '../../testdata/sample-plans.ts'
import type { ImageContent, ManifestNode } from '../graph/graph.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import { parseRepositoryPath } from '../oci/reference.ts'
import type { ArchiveRecord, State } from '../state.ts'
import { parseTarget } from '../target.ts'
import { type CustodyPlace, custodyOf } from './custody.ts'
import { custodyLines } from './custody-text.ts'

const ENTERPRISE = parseTarget('docker://hub.example/ent')
const SITE = parseTarget('docker://site.example/ocp')
const SOURCE = 'registry.redhat.io/ubi9/ubi:latest'
const digest = sampleDigest('ubi9/ubi:latest')
const ubi = sampleImage('ubi9/ubi:latest')
const content = sampleManifest('ubi9/ubi:latest', 10)

function stateOf(target: State['target'], images: readonly ImageContent[], more: Partial<State> = {}): State {
  return { lineage: target.kind, target, images, ...storeOf([content]), loose: [], ...more }
}

function archive(number: number, more: Partial<ArchiveRecord> = {}): ArchiveRecord {
  return { id: sampleDigest(`disc ${number}`), number, plan: sampleDigest(`plan ${number}`), ...more }
}

/** The image in the repository that the enterprise has for it. */
function atHub(image: ImageContent): ImageContent {
  return { ...image, destination: { ...image.destination, repository: parseRepositoryPath('ent/ubi9/ubi') } }
}

const enterprise = (state: CustodyPlace['state']): CustodyPlace => ({
  name: 'enterprise',
  target: ENTERPRISE,
  state,
})

/** Without `  chain of custody:`, and each digest by its name where it has one here. */
function chain(image: ImageContent, state: State, ...before: readonly CustodyPlace[]): readonly string[] {
  const stations = custodyOf(image, { name: 'enc1', target: SITE, state }, before)
  return custodyLines(stations, Number.POSITIVE_INFINITY)
    .slice(1)
    .map(line => line.trim().replaceAll(digest, 'UBI'))
}

const HERE = 'site.example/ocp/ubi9/ubi:latest at enc1, UBI'
const THERE = '← hub.example/ent/ubi9/ubi:latest at enterprise, UBI'

test('internet, disc, enterprise, disc, enclave: every place with its digest, every disc with its number', () => {
  const [first, second] = [archive(1), archive(2, { readAt: ENTERPRISE })]
  const here = { ...ubi, arrivedIn: second.id }
  const there = { ...atHub(ubi), arrivedIn: first.id }
  const state = stateOf(SITE, [here], { archives: [second] })
  const before = enterprise(stateOf(ENTERPRISE, [there], { archives: [first] }))
  assert.deepEqual(chain(here, state, before), [
    HERE,
    `← archive 2 (${second.id})`,
    THERE,
    `← archive 1 (${first.id})`,
    `← ${SOURCE}, UBI`,
  ])
})

test('read from registry to registry, the chain has no archives; straight from its source there is none to tell', () => {
  const before = enterprise(stateOf(ENTERPRISE, [atHub(ubi)]))
  assert.deepEqual(chain(ubi, stateOf(SITE, [ubi]), before), [HERE, THERE, `← ${SOURCE}, UBI`])
  assert.deepEqual(chain(ubi, stateOf(SITE, [ubi])), [])
})

test('what is not confirmed is on its way; an archive that the state no longer knows has its id only', () => {
  const record = archive(3, { readAt: ENTERPRISE })
  const before = enterprise(stateOf(ENTERPRISE, [atHub(ubi)]))
  const shipped = { ...ubi, shippedIn: record.id }
  const sent = chain(shipped, stateOf(SITE, [shipped], { archives: [record] }), before)
  assert.equal(sent[1], `← archive 3 (${record.id}), on its way: no receipt confirms it`)
  const arrived = { ...ubi, arrivedIn: record.id }
  assert.deepEqual(chain(arrived, stateOf(SITE, [arrived]), before), [
    HERE,
    `← archive ${record.id}`,
    THERE,
    `← ${SOURCE}, UBI`,
  ])
})

test('an archive that was written from the sources did not come through the target that is read today', () => {
  const record = archive(1)
  const here = { ...ubi, arrivedIn: record.id }
  const state = stateOf(SITE, [here], { archives: [record] })
  const before = enterprise(stateOf(ENTERPRISE, [atHub(ubi)]))
  assert.deepEqual(chain(here, state, before), [HERE, `← archive 1 (${record.id})`, `← ${SOURCE}, UBI`])
})

test('where the way is not known the chain ends, and says why', () => {
  const lost = chain(ubi, stateOf(SITE, [ubi]), enterprise('there is no state hub.json of enterprise here'))
  assert.deepEqual(lost, [HERE, '← not known: there is no state hub.json of enterprise here'])
  const gone = chain(ubi, stateOf(SITE, [ubi]), enterprise(stateOf(ENTERPRISE, [], { manifests: new Map() })))
  assert.deepEqual(gone, [HERE, '← not known: enterprise does not hold UBI any more'])
  const moved = { ...atHub(ubi), digest: sampleDigest('newer') }
  const newer = stateOf(ENTERPRISE, [moved], storeOf([sampleManifest('newer', 10)]))
  assert.deepEqual(chain(ubi, stateOf(SITE, [ubi]), enterprise(newer)), [
    HERE,
    `← not known: enterprise has ${moved.digest} of ${SOURCE} by now`,
  ])
  const record = archive(2, { readAt: ENTERPRISE })
  const here = { ...ubi, arrivedIn: record.id }
  assert.deepEqual(chain(here, stateOf(SITE, [here], { archives: [record] })), [
    HERE,
    `← archive 2 (${record.id})`,
    '← not known: the archive was written from docker://hub.example/ent, and no state of that is known here',
  ])
})

test('an image whose home is the registry on the way comes from there', () => {
  const own = { ...ubi, source: 'hub.example/team/app:1' }
  const nothing = stateOf(ENTERPRISE, [], { manifests: new Map() })
  const stations = custodyOf(own, { name: 'enc1', target: SITE, state: stateOf(SITE, [own]) }, [
    enterprise(nothing),
  ])
  assert.deepEqual(stations.at(-1), { at: 'source', source: 'hub.example/team/app:1', digest })
})

test('a rewritten index and one machine of an image are told as what they are', () => {
  const whole: ManifestNode = {
    digest: sampleDigest('whole'),
    mediaType: OCI_INDEX,
    size: 300,
    manifests: [digest],
    blobs: [],
  }
  const manifests = new Map([...storeOf([content]).manifests, [whole.digest, whole]])
  const there = { ...atHub(ubi), digest: whole.digest, sourceDigest: sampleDigest('at the source') }
  const before = enterprise(stateOf(ENTERPRISE, [there], { manifests }))
  assert.deepEqual(chain(ubi, stateOf(SITE, [ubi]), before), [
    HERE,
    `${THERE} in ${whole.digest}`,
    `← ${SOURCE}, UBI`,
  ])
  const same = { ...ubi, digest: whole.digest, sourceDigest: sampleDigest('at the source') }
  assert.deepEqual(chain(same, stateOf(SITE, [same], { manifests }), before), [
    `site.example/ocp/ubi9/ubi:latest at enc1, ${whole.digest}`,
    `← hub.example/ent/ubi9/ubi:latest at enterprise, ${whole.digest}, its index rewritten for some platforms`,
    `← ${SOURCE}, ${sampleDigest('at the source')}`,
  ])
})
