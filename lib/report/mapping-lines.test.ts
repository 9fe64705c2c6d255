/** Images as lines for other tools: sorted, by digest where they are wanted by digest, and nothing that would copy something else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageContent, ManifestNode } from '../graph/graph.ts'
import { digestOf } from '../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { parseTarget } from '../target.ts'
import { mappingLines } from './mapping-lines.ts'

const MADE = digestOf('made')
const COPIED = digestOf('copied')
const node = { digest: MADE, mediaType: 'x', size: 4, manifests: [], blobs: [], text: 'made' }
const STORE = { manifests: new Map<typeof MADE, ManifestNode>([[MADE, node]]) }

function image(source: string, place: string, more: Partial<ImageContent> = {}): ImageContent {
  const [repository = '', tag = ''] = place.split(':')
  return {
    destination: { repository: parseRepositoryPath(repository), tag: parseTag(tag) },
    source,
    digest: COPIED,
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [],
    ...more,
  }
}

test('releases by digest, images by tag, layouts; made images are comments, chosen platforms are counted', () => {
  const { text, ...counts } = mappingLines(
    parseTarget('docker://m.example:5000/ocp'),
    [
      image(`quay.io/o/release@${COPIED}`, 'ocp/release:4.16.8-x86_64-etcd'),
      image('docker.io/library/alpine:3', 'ocp/library/alpine:3', { platforms: ['linux/amd64'] }),
      image(`quay.io/a/b:1@${COPIED}`, 'ocp/a/b:1'),
      image('oci:/srv/layout:v1', 'ocp/srv/layout:v1'),
      image('q.io/index:v1', 'ocp/index:v1', { digest: MADE }),
    ],
    STORE,
  )
  assert.deepEqual(text.split('\n'), [
    'docker.io/library/alpine:3=m.example:5000/ocp/library/alpine:3',
    'oci:///srv/layout:v1=m.example:5000/ocp/srv/layout:v1',
    `quay.io/a/b@${COPIED}=m.example:5000/ocp/a/b:1`,
    `quay.io/o/release@${COPIED}=m.example:5000/ocp/release:4.16.8-x86_64-etcd`,
    '# made by mirrorform, no registry has it: m.example:5000/ocp/index:v1',
    '',
  ])
  assert.deepEqual(counts, { images: 4, made: 1, chosen: 1 })
})

test('a folder has no names that a line could say', () => {
  assert.throws(() => mappingLines(parseTarget('oci://folder'), [], STORE), /oci:\/\/folder have no names/)
})
