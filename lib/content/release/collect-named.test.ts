/** `platform.release`: one payload, named outright. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { buildSeries } from '../../../testdata/release-series.ts'
import { PAYLOAD_REPOSITORY, type Release } from '../../../testdata/releases.ts'
import {
  channelOf,
  collect,
  failure,
  placesOf,
  type ReleasesInMemory,
  releasesInMemory,
} from '../../../testdata/releases-in-memory.ts'
import { hexOf } from '../../oci/digest.ts'
import { parseReference } from '../../oci/reference.ts'

const CHANNEL = 'stable-4.16'
const RELEASE = `quay.io/${PAYLOAD_REPOSITORY}`
const series = buildSeries({ versions: ['4.16.0', '4.16.1'], components: 4, changed: 1 })
const [r0, r1] = series as [Release, Release]

describe('platform.release', () => {
  let memory: ReleasesInMemory
  before(async () => {
    memory = await releasesInMemory()
    await memory.publish(CHANNEL, series)
  })
  const named = (name: string) => ({ release: { name, reference: parseReference(name) } })

  it('names one payload by tag, which is looked up, verified and called as it was signed', async () => {
    const { images, notes, choices } = await collect(memory, named(`${RELEASE}:4.16.1-x86_64`))
    assert.equal(placesOf(images)[0], 'openshift/release-images:4.16.1-x86_64')
    assert.equal(images.length, 5)
    assert.deepEqual(images[0]?.source, { kind: 'registry', reference: parseReference(r1.reference) })
    assert.deepEqual(images[0]?.origins, [
      { kind: 'release', version: '4.16.1', architecture: 'x86_64', channels: [] },
    ])
    assert.deepEqual([notes, choices], [[], []])
  })

  it('by digest is called as it was signed as well', async () => {
    const { images } = await collect(memory, named(r1.reference))
    assert.equal(placesOf(images)[0], 'openshift/release-images:4.16.1-x86_64')
  })

  it('is called by its digest where the signature is not looked at, and the plan says so', async () => {
    const bare = await releasesInMemory()
    await bare.publish(CHANNEL, [r1])
    bare.web.clear()
    const hex = hexOf(r1.payload.manifest.digest)
    const ignoring = { ignoreReleaseSignature: true }
    const { images, notes } = await collect(bare, named(`${RELEASE}:4.16.1-x86_64`), ignoring)
    assert.deepEqual(placesOf(images).slice(0, 2), [
      `openshift/release-images:${hex}`,
      `openshift/release:${hex}-cli`,
    ])
    assert.match(notes.join(), /not looked at/)
    await assert.rejects(collect(bare, named(`${RELEASE}:4.16.1-x86_64`)), /no signature/)
  })

  it('wins over channels, which the plan tells', async () => {
    const { images, notes } = await collect(memory, {
      ...named(r0.reference),
      channels: [channelOf('stable-9.9')],
    })
    assert.equal(placesOf(images)[0], 'openshift/release-images:4.16.0-x86_64')
    assert.match(notes.join(), /channels of the image set are not looked at/)
  })

  it('that does not exist is an error with its name', async () => {
    const error = await failure(collect(memory, named(`${RELEASE}:4.99.0-x86_64`)))
    assert.match(error.message, /ocp-release:4\.99\.0-x86_64 does not exist/)
  })

  it('at a registry that cannot be asked is an error of that registry', async () => {
    const nowhere = named(`nowhere.example/release@${r0.payload.manifest.digest}`)
    await assert.rejects(collect(await releasesInMemory(), nowhere), /no host nowhere\.example/)
  })
})
