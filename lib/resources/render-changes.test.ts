import assert from 'node:assert/strict'
import { test } from 'node:test'
import { additional, held, mirrorOf, type SampleMirror, workedExample } from '../../testdata/mirror-states.ts'
import {
  changesDocument,
  folderChanges,
  listOf,
  makeResources,
  type Resources,
  renderChanges,
} from './index.ts'

function resourcesOf(mirror: SampleMirror): Resources {
  return makeResources(mirror, { maxNestedPaths: 0, icsp: false, templates: [] })
}

function folderWith({ files }: Resources) {
  return {
    name: 'out',
    list: listOf(files),
    texts: new Map(files.map(({ path, text }) => [path, text])),
  }
}

const before = resourcesOf(workedExample())

function withOneMore(): Resources {
  const { target, images } = workedExample()
  const more = mirrorOf(
    'docker://reg.lan/ns',
    held('quay.io/tools/audit:3', 'reg.lan/ns/tools/audit:3', additional('quay.io/tools/audit:3')),
  )
  return resourcesOf({ target, images: [...images, ...more.images] })
}

test('a file that changes is shown with the lines that do, and whether nodes restart', () => {
  const changes = folderChanges(withOneMore().files, folderWith(before))
  const [title, first = '', second = ''] = renderChanges('out', changes, { width: 100 }).split('\n\n')
  assert.equal(title, 'Resources in out: 2 files to change, 10 unchanged')
  assert.equal(
    first,
    `~ itms-oc-mirror.yaml   applying it restarts nodes, one after the other
--- a/out/itms-oc-mirror.yaml
+++ b/out/itms-oc-mirror.yaml
@@ -7,6 +7,9 @@
 spec:
   imageTagMirrors:
   - mirrors:
+    - reg.lan/ns/tools
+    source: quay.io/tools
+  - mirrors:
     - reg.lan/ns/ubi8
     source: registry.redhat.io/ubi8
 ---`,
  )
  assert.match(second, /^~ nodes\/registries\.conf\.d\/mirrorform\.conf\n---/)
  assert.deepEqual(
    second.split('\n').filter(line => /^[+-](?![+-])/.test(line)),
    [
      '+location = "quay.io/tools"',
      '+',
      '+[[registry.mirror]]',
      '+location = "reg.lan/ns/tools"',
      '+',
      '+[[registry]]',
    ],
  )
})

test('files that come and go are compared with nothing', () => {
  const text = renderChanges(
    'out',
    folderChanges(before.files, folderWith(resourcesOf(mirrorOf('docker://reg.lan')))),
    {
      width: 100,
    },
  )
  assert.match(text, /^\+ idms-oc-mirror\.yaml {3}applying it restarts nodes/m)
  assert.match(text, /^--- \/dev\/null\n\+\+\+ b\/out\/idms-oc-mirror\.yaml$/m)
  const gone = renderChanges('out', folderChanges([], folderWith(before)), { width: 100 })
  assert.match(gone, /^− cs-demo-index-v1\.yaml$/m)
  assert.match(gone, /^\+\+\+ \/dev\/null$/m)
})

test('when nothing changes that is one line', () => {
  const changes = folderChanges(before.files, folderWith(before))
  assert.equal(renderChanges('out', changes, { width: 100 }), 'Resources in out: unchanged')
})

test('no line is wider than the terminal, and a signature is not shown twice', () => {
  const changes = folderChanges(before.files, folderWith(resourcesOf(mirrorOf('docker://reg.lan'))))
  const text = renderChanges('out', changes, { width: 60 })
  const long = text.split('\n').filter(line => line.length > 60 && !line.includes('restarts nodes'))
  assert.deepEqual(long, [])
  assert.doesNotMatch(text, /b\/out\/signature-configmap\.json/)
})

test('scripts are told of every file', () => {
  const changes = changesDocument(folderChanges(withOneMore().files, folderWith(before)))
  assert.equal(changes.length, 12)
  assert.deepEqual(
    changes.filter(({ change }) => change !== 'keep'),
    [
      { path: 'itms-oc-mirror.yaml', change: 'replace', restartsNodes: true },
      { path: 'nodes/registries.conf.d/mirrorform.conf', change: 'replace', restartsNodes: false },
    ],
  )
})
