/** What oc-mirror wrote for real mirrors, held against what the same mirrors give here. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import { parseAllDocuments } from 'yaml'
import { clusterFaults } from '../../testdata/cluster-schemas.ts'
import {
  additional,
  bundleOf,
  catalog,
  held,
  mirrorOf,
  plainDigest,
  release,
  type SampleMirror,
  withSignatures,
} from '../../testdata/mirror-states.ts'
import type { Origin } from '../graph/graph.ts'
import { makeResources, type ResourceOptions } from './index.ts'

const CORPUS = resolve(import.meta.dirname, '../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const skip = existsSync(CORPUS) ? false : 'the corpus is not here'
const PLAIN: ResourceOptions = { maxNestedPaths: 0, icsp: false, templates: [] }
const V2 = 'golden/dmc5179__openshift4-disconnected__v2_working-dir_cluster-resources'

interface MirrorSet {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: { readonly name?: string; readonly annotations?: unknown }
  readonly spec?: Readonly<Record<string, readonly { source: string; mirrors?: readonly string[] }[]>>
  readonly status?: unknown
}

function read(path: string): string {
  return readFileSync(join(CORPUS, path), 'utf8')
}

function documentsOf(text: string): readonly MirrorSet[] {
  return parseAllDocuments(text).flatMap(document => {
    const value: MirrorSet | null = document.toJS()
    return value === null ? [] : [value]
  })
}

/** `name: source -> mirror`, or without the name where objects were put together otherwise. */
function pairsOf(objects: readonly MirrorSet[], named: boolean): readonly string[] {
  const pairs = objects.flatMap(({ metadata, spec = {} }) =>
    Object.values(spec)
      .flat()
      .flatMap(({ source, mirrors = [] }) =>
        mirrors.map(mirror => `${named ? `${metadata?.name}: ` : ''}${source} -> ${mirror}`),
      ),
  )
  return [...new Set(pairs)].toSorted()
}

function objectsOf(
  mirror: SampleMirror,
  path: string,
  options: Partial<ResourceOptions> = {},
): readonly MirrorSet[] {
  const { files } = makeResources(mirror, { ...PLAIN, ...options })
  return documentsOf(files.find(file => file.path === path)?.text ?? '')
}

/** The object as it is in a cluster's eyes: without what oc-mirror says of itself. */
function plain({ metadata, status: _, ...rest }: MirrorSet): unknown {
  const { annotations: __, ...named } = metadata ?? {}
  return { ...rest, metadata: named }
}

test('the cluster resources of a real mirror made by oc-mirror v2 are made alike', { skip }, () => {
  const host = 'ip-10-0-35-196.us-east-2.compute.internal:8443'
  const index = 'registry.redhat.io/redhat/redhat-operator-index:v4.19'
  const signature = JSON.parse(read(`${V2}/signature-configmap.json`)).binaryData
  const [key = '', base64 = ''] = Object.entries<string>(signature)[0] ?? []
  const payload = key.replace(/^sha256-([0-9a-f]{64})-1$/, 'sha256:$1')
  const mirror = mirrorOf(
    `docker://${host}`,
    withSignatures(
      held(
        `quay.io/openshift-release-dev/ocp-release@${payload}`,
        `${host}/openshift/release-images:4.19.9-x86_64`,
        release('4.19.9'),
      ),
      'replaced below',
    ),
    held(
      `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${plainDigest('c')}`,
      `${host}/openshift/release:4.19.9-x86_64-cli`,
      release('4.19.9', 'cli'),
    ),
    held(
      `registry.redhat.io/openshift-update-service/cincinnati-operator-bundle@${plainDigest('b')}`,
      `${host}/openshift-update-service/cincinnati-operator-bundle:sha256-${'b'.repeat(64)}`,
      bundleOf(index, 'update-service-operator.v5.0.3'),
    ),
    held(
      `registry.redhat.io/redhat/redhat-operator-index@${plainDigest('1')}`,
      `${host}/redhat/redhat-operator-index:v4.19`,
      catalog(index),
    ),
    held(`registry.access.redhat.com/ubi9/ubi@${plainDigest('9')}`, `${host}/openshift/graph-image:latest`, {
      kind: 'graphData',
    }),
  )
  const images = mirror.images.map(image => ({
    ...image,
    ...(image.releaseSignatures && { releaseSignatures: [base64] }),
  }))
  const { files } = makeResources({ ...mirror, images }, PLAIN)
  const ours = new Map(files.map(({ path, text }) => [path, text]))
  for (const path of readdirSync(join(CORPUS, V2))) {
    const theirs = documentsOf(read(`${V2}/${path}`)).map(plain)
    const made = documentsOf(ours.get(path) ?? '').map(object => {
      // Since the version that wrote these, oc-mirror names the namespace.
      if (object.kind !== 'UpdateService') return plain(object)
      return plain({ ...object, metadata: { name: object.metadata?.name ?? '' } })
    })
    const byText = (list: readonly unknown[]) => list.map(each => JSON.stringify(sorted(each))).toSorted()
    assert.deepEqual(byText(made), byText(theirs), path)
  }
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

/** The images of a `mapping.txt`, as a state would have them: `source@digest=host/path:tag`. */
function mirrorOfMapping(text: string, to: string): SampleMirror {
  const images = [...new Set(text.split('\n'))].flatMap(line => {
    const [, source = '', destination = ''] = /^(\S+@sha256:[0-9a-f]{64})=(\S+:\S+)$/.exec(line) ?? []
    return destination === '' ? [] : [held(source, destination, originOf(source, destination))]
  })
  return mirrorOf(to, ...images)
}

function originOf(source: string, destination: string): Origin {
  if (/openshift\/release-images:/.test(destination)) return release('4.12.0')
  if (/openshift\/release:/.test(destination)) return release('4.12.0', 'any')
  return source.startsWith('registry.access.redhat.com/ubi8/') ? additional(source) : bundleOf('index')
}

test('a real mirror made by oc-mirror v1 has the policies that it wrote', { skip }, () => {
  const folder = 'golden/dmc5179__openshift4-disconnected__v1_results-1757018271'
  const mirror = mirrorOfMapping(
    read(`${folder}/mapping.txt`),
    'docker://ip-10-0-112-216.us-east-2.compute.internal:8443',
  )
  assert.ok(mirror.images.length > 100)
  assert.deepEqual(
    pairsOf(objectsOf(mirror, 'imageContentSourcePolicy.yaml', { icsp: true }), true),
    pairsOf(documentsOf(read(`${folder}/imageContentSourcePolicy.yaml`)), true),
  )
})

test('a real mirror of a thousand images below a prefix has the sources and mirrors that oc-mirror v1 wrote', {
  skip,
}, () => {
  const at = 'mirrorset/thibor1974__cluster-update__'
  const mirror = mirrorOfMapping(read(`${at}mapping.txt`), 'docker://registry.ocp.lan:15443/ocp-mirror')
  assert.ok(mirror.images.length > 1000)
  assert.deepEqual(
    pairsOf(objectsOf(mirror, 'imageContentSourcePolicy.yaml', { icsp: true }), false),
    pairsOf(documentsOf(read(`${at}imageContentSourcePolicy.yaml`)), false).filter(
      // Of the catalogs, which a cluster pulls under the mirror's name.
      pair => !pair.startsWith('registry.redhat.io/redhat '),
    ),
  )
})

test('mirror sets and policies that people use are objects that these tests accept', { skip }, () => {
  const kinds =
    /^(config\.openshift\.io\/v1 Image(Digest|Tag)MirrorSet|operator\.openshift\.io\/v1alpha1 ImageContentSourcePolicy)$/
  const seen: string[] = []
  for (const path of readdirSync(join(CORPUS, 'mirrorset')).filter(name => /\.ya?ml$/.test(name))) {
    const text = read(`mirrorset/${path}`)
    // Tests of the API itself, and files with placeholders to be filled in.
    if (/^crdName:|<[a-z][^>]*>|\$\{|\{\{/im.test(text)) continue
    for (const object of documentsOf(text)) {
      if (!kinds.test(`${object.apiVersion} ${object.kind}`)) continue
      seen.push(path)
      assert.deepEqual(clusterFaults(object), [], path)
    }
  }
  assert.ok(seen.length > 15)
})

test('a drop-in has no member that the registries.conf of real machines does not have', { skip }, () => {
  const mirror = mirrorOf(
    'docker://reg.lan/ns',
    held(`quay.io/a/b@${plainDigest('a')}`, 'reg.lan/ns/a/b:1', additional('quay.io/a/b')),
  )
  const { files } = makeResources(mirror, PLAIN)
  const text = files.find(({ path }) => path.endsWith('.conf'))?.text ?? ''
  const members = new Set([...text.matchAll(/^([a-z-]+) =/gm)].map(([, name]) => name))
  assert.deepEqual([...members].toSorted(), ['location', 'pull-from-mirror'])
  assert.doesNotThrow(() => parse(text))
})
