/** What a plan deletes, as the list oc-mirror writes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDeleteList } from '../config/index.ts'
import type { Origin } from '../graph/graph.ts'
import { digestOf } from '../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { parseTarget } from '../target.ts'
import { deleteListText } from './delete-list.ts'
import type { Change } from './plan.ts'

const target = parseTarget('docker://reg.lan/ns')
const digest = digestOf('image')

function deleted(at: string, source: string, origin: Origin, action: 'delete' | 'forget' = 'delete'): Change {
  const [repository = '', tag = ''] = at.split(':')
  const image = {
    destination: { repository: parseRepositoryPath(`ns/${repository}`), tag: parseTag(tag) },
    source,
    digest,
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [origin],
  }
  return action === 'forget'
    ? { action, image, reason: 'gone' }
    : { action, image, expect: digest, removal: { steps: [], sparedTags: [] }, reclaims: 0 }
}

const release = {
  kind: 'release',
  version: '4.16.2',
  architecture: 'x86_64',
  channels: ['stable-4.16'],
} as const
const bundle = { kind: 'bundle', catalog: 'c', package: 'widget', bundle: 'widget.v1', channels: [] } as const

describe('the list of deletes', () => {
  it('has one item for each, sorted by bytes, with the types of oc-mirror', () => {
    const changes = [
      deleted('openshift/release:4.16.2-x86_64-etcd', `quay.io/ord/art@${digest}`, {
        ...release,
        component: 'etcd',
      }),
      deleted('openshift/release-images:4.16.2-x86_64', `quay.io/ord/rel@${digest}`, release),
      deleted('acme/proxy:1.2', `quay.io/acme/proxy:1.2@${digest}`, bundle),
      deleted('ubi9/ubi:latest', 'registry.redhat.io/ubi9/ubi:latest', {
        kind: 'additionalImage',
        name: 'registry.redhat.io/ubi9/ubi',
      }),
      deleted('gone:1', 'quay.io/gone:1', { kind: 'graphData' }, 'forget'),
    ]
    const text = deleteListText({ target, changes })
    assert.equal(
      text,
      `apiVersion: mirror.openshift.io/v2alpha1
kind: DeleteImageList
items:
- imageName: docker://quay.io/acme/proxy:1.2@${digest}
  imageReference: docker://reg.lan/ns/acme/proxy:1.2
  type: operatorRelatedImage
- imageName: docker://quay.io/ord/rel@${digest}
  imageReference: docker://reg.lan/ns/openshift/release-images:4.16.2-x86_64
  type: ocpRelease
- imageName: quay.io/ord/art@${digest}
  imageReference: docker://reg.lan/ns/openshift/release:4.16.2-x86_64-etcd
  type: ocpReleaseContent
- imageName: registry.redhat.io/ubi9/ubi
  imageReference: docker://reg.lan/ns/ubi9/ubi:latest
  type: generic
`,
    )
    assert.equal(parseDeleteList({ path: 'l.yaml', text }).length, 4)
  })

  it('without deletes is a list of nothing that can be read again', () => {
    const text = deleteListText({ target, changes: [] })
    assert.deepEqual(parseDeleteList({ path: 'l.yaml', text }), [])
  })
})
