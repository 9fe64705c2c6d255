import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildImage } from '../../testdata/images.ts'
import { writeDiskFiles, writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import {
  BUNDLE,
  CATALOG,
  COMPONENT,
  FILTERED,
  OPERAND,
  PAYLOAD,
  PROXY,
  WORKSPACE_FILES,
} from '../../testdata/oc-mirror-workspace.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openOcMirrorArchive, proposePairs, readWorkspace } from './index.ts'
import { SIGNAL } from './testing/read-back.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CORPUS = path.resolve(ROOT, process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const GOLDEN = path.join(CORPUS, 'golden/dmc5179__openshift4-disconnected__v2_working-dir_cluster-resources')

function workspaceFolder(folder: string, more: Readonly<Record<string, string>> = {}): string {
  const files = Object.entries({ ...WORKSPACE_FILES, ...more })
  writeDiskFiles(folder, new Map(files.map(([name, text]) => [`working-dir/${name}`, text])))
  return folder
}

test('a workspace tells releases, signatures, catalogs, graphs and where clusters look', async t => {
  const folder = workspaceFolder(temporaryFolder(t))
  const workspace = await readWorkspace(folder, SIGNAL)
  assert.deepEqual(workspace.problems, [])
  assert.deepEqual(
    workspace.releases.map(({ tag, digest, components }) => [tag, digest, components.map(each => each.name)]),
    [['4.16.2-x86_64', PAYLOAD, ['cli', 'tools']]],
  )
  const file = `working-dir/signatures/4.16.2-x86_64-sha256-${PAYLOAD.slice(7)}`
  assert.deepEqual(workspace.signatures, [{ tag: '4.16.2-x86_64', digest: PAYLOAD, file }])
  assert.deepEqual(workspace.graphs, [
    {
      name: 'amd64-stable-4.16.json',
      file: 'working-dir/hold-release/cincinnati-graph-data/amd64-stable-4.16.json',
    },
  ])
  assert.deepEqual(workspace.catalogs, [
    {
      name: 'demo-index',
      digest: CATALOG,
      filtered: [{ hash: '0709c086a530f93e6339d5feb4527104', digest: FILTERED }],
      bundles: [
        {
          package: 'widget',
          bundle: 'widget.v2.0.0',
          channels: ['stable'],
          images: [
            `quay.io/acme/proxy:1.2@${PROXY}`,
            `registry.example.com/acme/widget-bundle@${BUNDLE}`,
            `registry.example.com/acme/widget@${OPERAND}`,
          ],
        },
      ],
    },
  ])
  assert.deepEqual(workspace.rules.at(0), {
    by: 'digest',
    source: 'quay.io/acme',
    mirror: 'reg.lan/ns/acme',
  })
  assert.equal(workspace.rules.length, 5)
  assert.deepEqual(workspace.catalogImages, ['reg.lan/ns/olm/demo-index:v1'])
  assert.equal(workspace.graphImage, 'reg.lan/ns/openshift/graph-image:latest')
  assert.deepEqual(
    workspace.configurations.map(({ hasCharts }) => hasCharts),
    [false],
  )
})

test('a workspace whose image set asks for Helm charts says so', async t => {
  for (const [helm, expected] of [
    ['{repositories: [{name: a, url: "https://charts.example"}]}', true],
    ['{local: [{name: a, path: a.tgz}]}', true],
    ['{repositories: []}', false],
  ] as const) {
    const text = `kind: ImageSetConfiguration\nmirror: {helm: ${helm}}\n`
    const folder = workspaceFolder(temporaryFolder(t), { 'isc_pinned_2027-01-01T00:00:00Z.yaml': text })
    assert.equal((await readWorkspace(folder, SIGNAL)).configurations.at(-1)?.hasCharts, expected)
  }
})

test('the pairs proposed from a workspace are where oc-mirror v2 puts its worked example', async t => {
  const { images, unplaced } = proposePairs(await readWorkspace(workspaceFolder(temporaryFolder(t)), SIGNAL))
  const art = `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${COMPONENT}`
  assert.deepEqual(
    images.map(({ kind, source, destination, digest }) => [kind, source, destination, digest]),
    [
      ['operator', `quay.io/acme/proxy:1.2@${PROXY}`, 'reg.lan/ns/acme/proxy:1.2', PROXY],
      [
        'operator',
        `registry.example.com/acme/widget-bundle@${BUNDLE}`,
        `reg.lan/ns/acme/widget-bundle:sha256-${BUNDLE.slice(7)}`,
        BUNDLE,
      ],
      [
        'operator',
        `registry.example.com/acme/widget@${OPERAND}`,
        `reg.lan/ns/acme/widget:sha256-${OPERAND.slice(7)}`,
        OPERAND,
      ],
      ['catalog', `registry.example.com/olm/demo-index@${CATALOG}`, 'reg.lan/ns/olm/demo-index:v1', FILTERED],
      [
        'release',
        `quay.io/openshift-release-dev/ocp-release@${PAYLOAD}`,
        'reg.lan/ns/openshift/release-images:4.16.2-x86_64',
        PAYLOAD,
      ],
      ['component', art, 'reg.lan/ns/openshift/release:4.16.2-x86_64-cli', COMPONENT],
      ['component', art, 'reg.lan/ns/openshift/release:4.16.2-x86_64-tools', COMPONENT],
      ['additional', 'registry.redhat.io/ubi8/ubi:latest', 'reg.lan/ns/ubi8/ubi:latest', undefined],
    ],
  )
  assert.deepEqual(unplaced, ['oci:///srv/layout', 'registry.unknown.example/x/y:1'])
})

test('the workspace inside an archive reads as the one on the disk', async t => {
  const folder = temporaryFolder(t)
  await writeV2Archive(folder, { 'acme/app:v1': buildImage() }, { workingDir: WORKSPACE_FILES, limit: 3000 })
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  const carried = await readWorkspace(archive, SIGNAL)
  const disk = await readWorkspace(path.join(workspaceFolder(temporaryFolder(t)), 'working-dir'), SIGNAL)
  assert.deepEqual({ ...carried, name: '' }, { ...disk, name: '' })
})

test('a file of a workspace that cannot be read is told and takes nothing else along', async t => {
  const broken = {
    'hold-release/ocp-release/4.17.0-x86_64/release-manifests/image-references': '{',
    'cluster-resources/idms-oc-mirror-more.yaml': 'a: [\n',
    'isc_pinned_2026-02-02T03:04:05Z.yaml': '{',
    [`operator-catalogs/demo-index/${CATALOG.slice(7)}/filtered-catalogs/other/digest`]: 'no digest',
    [`operator-catalogs/demo-index/${CATALOG.slice(7)}/filtered-catalogs/other/catalog-config/x.json`]: '{',
  }
  const workspace = await readWorkspace(workspaceFolder(temporaryFolder(t), broken), SIGNAL)
  assert.equal(workspace.problems.length, 5, workspace.problems.join('\n'))
  for (const name of Object.keys(broken)) {
    const start = name.endsWith('x.json') ? path.dirname(name) : name
    assert.ok(
      workspace.problems.some(problem => problem.startsWith(`working-dir/${start}: `)),
      start,
    )
  }
  assert.equal(workspace.releases.length, 1)
  assert.equal(workspace.rules.length, 5)
  const catalog = proposePairs(workspace).images.find(({ kind }) => kind === 'catalog')
  assert.equal(catalog?.digest, undefined)
})

test('a folder without a workspace is refused', async t => {
  await assert.rejects(readWorkspace(temporaryFolder(t), SIGNAL), {
    message: /^there is no workspace of oc-mirror v2 in /,
    hint: /--workspace/,
  })
})

test('cluster resources that oc-mirror v2 wrote for a real mirror give its rules', {
  skip: !existsSync(GOLDEN) && 'corpus not there',
}, async t => {
  const folder = path.join(temporaryFolder(t), 'working-dir')
  mkdirSync(folder)
  cpSync(GOLDEN, path.join(folder, 'cluster-resources'), { recursive: true })
  const workspace = await readWorkspace(folder, SIGNAL)
  assert.deepEqual(workspace.problems, [])
  const host = 'ip-10-0-35-196.us-east-2.compute.internal:8443'
  assert.deepEqual(workspace.catalogImages, [`${host}/redhat/redhat-operator-index:v4.19`])
  assert.equal(workspace.graphImage, `${host}/openshift/graph-image:latest`)
  const release = workspace.rules.find(({ source }) => source.endsWith('/ocp-v4.0-art-dev'))
  assert.equal(release?.mirror, `${host}/openshift/release`)
})
