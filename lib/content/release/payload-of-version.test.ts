/** The payload of a version, found in the channels of its minor release. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildRelease } from '../../../testdata/releases.ts'
import { updateGraph } from '../../../testdata/update-graph-server.ts'
import { PlanError } from '../../errors.ts'
import { formatReference } from '../../oci/reference.ts'
import type { Documents } from '../documents.ts'
import { payloadOfVersion } from './payload-of-version.ts'

const SIGNAL = new AbortController().signal
const RELEASE = buildRelease({ version: '4.16.3', components: { etcd: 'etcd' } })
const OTHER = buildRelease({ version: '4.16.4', components: { etcd: 'other' } })

/** A service whose channels have these releases; it has an answer for every channel. */
function service(channels: Readonly<Record<string, readonly (typeof RELEASE)[]>>) {
  const asked: string[] = []
  const documents: Documents = {
    used: [],
    read: async url => {
      const channel = new URL(url).searchParams.get('channel') ?? ''
      asked.push(channel)
      return Buffer.from(
        JSON.stringify(updateGraph(channels[channel] ?? [], undefined, { channels: [channel] })),
      )
    },
  }
  return { documents, asked }
}

describe('the payload of a version', () => {
  it('is looked for in fast, stable and candidate, and no further than it is found', async () => {
    const { documents, asked } = service({ 'fast-4.16': [OTHER], 'stable-4.16': [OTHER, RELEASE] })
    const payload = await payloadOfVersion({ version: '4.16.3', architecture: 'amd64' }, documents, SIGNAL)
    assert.equal(formatReference(payload), RELEASE.reference)
    assert.deepEqual(asked, ['fast-4.16', 'stable-4.16'])
  })

  it('that no channel has is an error that names the channels and the way around them', async () => {
    const { documents, asked } = service({ 'stable-4.16': [OTHER] })
    await assert.rejects(
      payloadOfVersion({ version: '4.16.3', architecture: 'amd64' }, documents, SIGNAL),
      error => error instanceof PlanError && /ocp-release:4\.16\.3-x86_64/.test(error.hint ?? ''),
    )
    assert.deepEqual(asked, ['fast-4.16', 'stable-4.16', 'candidate-4.16'])
  })
})
