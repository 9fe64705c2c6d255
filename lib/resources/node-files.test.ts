import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import {
  additional,
  bundleOf,
  held,
  mirrorOf,
  plainDigest,
  release,
  type SampleMirror,
} from '../../testdata/mirror-states.ts'
import { makeResources, type Resources } from './index.ts'

const user = additional('as written')

function resourcesOf(mirror: SampleMirror): Resources {
  return makeResources(mirror, { maxNestedPaths: 0, icsp: false, templates: [] })
}

function textOf({ files }: Resources, path: string): string {
  return files.find(file => file.path === path)?.text ?? ''
}

test('registries.conf: what is mirrored by tag is found by digest too, what is mirrored by digest by that alone', () => {
  const resources = resourcesOf(
    mirrorOf(
      'docker://reg.lan/ns',
      held(`quay.io/acme/app:1@${plainDigest('a')}`, 'reg.lan/ns/acme/app:1', user),
      held('quay.io/tools/audit:3', 'reg.lan/ns/tools/audit:3', user),
      held(`quay.io/ops/agent@${plainDigest('b')}`, 'reg.lan/ns/ops/agent:x', bundleOf('index')),
    ),
  )
  assert.deepEqual(tomlOf(textOf(resources, 'nodes/registries.conf.d/mirrorform.conf')), {
    registry: [
      { location: 'quay.io/acme', mirror: [{ location: 'reg.lan/ns/acme' }] },
      {
        location: 'quay.io/ops',
        mirror: [{ location: 'reg.lan/ns/ops', 'pull-from-mirror': 'digest-only' }],
      },
      { location: 'quay.io/tools', mirror: [{ location: 'reg.lan/ns/tools' }] },
    ],
  })
})

test('containerd: each source registry has the mirror in front, below the prefix, with what it is asked for', () => {
  const resources = resourcesOf(
    mirrorOf(
      'docker://reg.lan:5000/ns',
      held('docker.io/library/alpine:3', 'reg.lan:5000/ns/library/alpine:3', user),
      held(`quay.io/ops/agent@${plainDigest('b')}`, 'reg.lan:5000/ns/ops/agent:x', bundleOf('index')),
    ),
  )
  assert.deepEqual(tomlOf(textOf(resources, 'nodes/containerd/certs.d/docker.io/hosts.toml')), {
    server: 'https://registry-1.docker.io',
    host: { 'https://reg.lan:5000/v2/ns': { capabilities: ['pull', 'resolve'], override_path: true } },
  })
  assert.deepEqual(tomlOf(textOf(resources, 'nodes/containerd/certs.d/quay.io/hosts.toml')), {
    server: 'https://quay.io',
    host: { 'https://reg.lan:5000/v2/ns': { capabilities: ['pull'], override_path: true } },
  })
})

test('containerd: without a prefix the mirror is named as it is', () => {
  const resources = resourcesOf(mirrorOf('docker://reg.lan', held('quay.io/a/b:1', 'reg.lan/a/b:1', user)))
  assert.deepEqual(tomlOf(textOf(resources, 'nodes/containerd/certs.d/quay.io/hosts.toml')), {
    server: 'https://quay.io',
    host: { 'https://reg.lan': { capabilities: ['pull', 'resolve'] } },
  })
})

test('containerd: a repository with another path at the mirror is told, because nothing can say it', () => {
  const { notes, files } = resourcesOf(
    mirrorOf('docker://reg.lan', held('quay.io/a/b:1', 'reg.lan/other/place:1', user)),
  )
  assert.deepEqual(notes, [
    'containerd cannot be told where quay.io/a/b is: the mirror has another path for it. CRI-O, podman, RKE2 and k3s can.',
  ])
  assert.ok(files.every(({ path }) => !path.includes('containerd')))
})

function tomlOf(text: string): unknown {
  return JSON.parse(JSON.stringify(parse(text)))
}

/** Path at the source -> path at the mirror, as k3s rewrites it with Go's regular expressions. */
function rewritten(rewrite: Readonly<Record<string, string>>, path: string): readonly string[] {
  return Object.entries(rewrite).flatMap(([pattern, replacement]) => {
    const regex = new RegExp(pattern)
    return regex.test(path) ? [path.replace(regex, replacement)] : []
  })
}

test('RKE2 and k3s: paths that are all kept need one rule, and none without a prefix', () => {
  const below = resourcesOf(
    mirrorOf(
      'docker://reg.lan/ns',
      held('quay.io/a/b:1', 'reg.lan/ns/a/b:1', user),
      held('quay.io/c:1', 'reg.lan/ns/c:1', user),
    ),
  )
  assert.deepEqual(parseYaml(textOf(below, 'nodes/rancher/registries.yaml')), {
    mirrors: { 'quay.io': { endpoint: ['https://reg.lan'], rewrite: { '^(.*)$': 'ns/$1' } } },
  })
  const plain = resourcesOf(mirrorOf('docker://reg.lan', held('quay.io/a/b:1', 'reg.lan/a/b:1', user)))
  assert.deepEqual(parseYaml(textOf(plain, 'nodes/rancher/registries.yaml')), {
    mirrors: { 'quay.io': { endpoint: ['https://reg.lan'] } },
  })
})

test('RKE2 and k3s: where paths differ, exactly one rule fits each repository', () => {
  const resources = resourcesOf(
    mirrorOf(
      'docker://reg.lan/ns',
      held('quay.io/a/b.c:1', 'reg.lan/ns/a/b.c:1', user),
      held('quay.io/a/b.c/d:1', 'reg.lan/ns/flat-d:1', user),
    ),
  )
  const { rewrite } = parseYaml(textOf(resources, 'nodes/rancher/registries.yaml')).mirrors['quay.io']
  assert.deepEqual(rewritten(rewrite, 'a/b.c'), ['ns/a/b.c'])
  assert.deepEqual(rewritten(rewrite, 'a/b.c/d'), ['ns/flat-d'])
  assert.deepEqual(rewritten(rewrite, 'a/bxc'), [])
})

test('RKE2 and k3s: of a repository in two places one is taken, and that is told', () => {
  const { notes } = resourcesOf(
    mirrorOf(
      'docker://reg.lan',
      held('quay.io/a/b:1', 'reg.lan/a/b:1', user),
      held('quay.io/a/b:2', 'reg.lan/other/b:2', user),
    ),
  )
  assert.deepEqual(notes, ['RKE2 and k3s are told one place only of quay.io/a/b.'])
})

test('releases are for nodes with CRI-O: other nodes are told nothing of them', () => {
  const { files, notes } = resourcesOf(
    mirrorOf(
      'docker://reg.lan',
      held(
        `quay.io/o/art@${plainDigest('c')}`,
        'reg.lan/openshift/release:4.16.2-x86_64-cli',
        release('4.16.2', 'cli'),
      ),
    ),
  )
  assert.deepEqual(
    files.map(({ path }) => path),
    [
      'idms-oc-mirror.yaml',
      'install-config/imageDigestSources.yaml',
      'nodes/registries.conf.d/mirrorform.conf',
    ],
  )
  assert.deepEqual(notes, [])
})

test('a registry that has an IPv6 address for a name is left out of everything', () => {
  const { files } = resourcesOf(
    mirrorOf('docker://reg.lan', held('[fd00::5]:5000/a/b:1', 'reg.lan/a/b:1', user)),
  )
  assert.deepEqual(files, [])
})

/** The names that `oc adm release mirror --to m.example:5000/ocp4/openshift4` gives (its documentation). */
function adminMirror(): SampleMirror {
  const at = 'm.example:5000/ocp4/openshift4'
  return mirrorOf(
    'docker://m.example:5000/ocp4/openshift4',
    held(
      `quay.io/openshift-release-dev/ocp-release@${plainDigest('a')}`,
      `${at}:4.16.3-x86_64`,
      release('4.16.3'),
    ),
    held(
      `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${plainDigest('e')}`,
      `${at}:4.16.3-x86_64-etcd`,
      release('4.16.3', 'etcd'),
    ),
  )
}

test('install-config: a mirror with the names of oc adm release mirror has the snippet that it prints', () => {
  const entries = `- mirrors:
  - m.example:5000/ocp4/openshift4
  source: quay.io/openshift-release-dev/ocp-release
- mirrors:
  - m.example:5000/ocp4/openshift4
  source: quay.io/openshift-release-dev/ocp-v4.0-art-dev
`
  for (const [icsp, key] of [
    [false, 'imageDigestSources'],
    [true, 'imageContentSources'],
  ] as const) {
    const resources = makeResources(adminMirror(), { maxNestedPaths: 0, icsp, templates: [] })
    const text = textOf(resources, `install-config/${key}.yaml`).replace(/^#.*\n/, '')
    assert.equal(text, `${key}:\n${entries}`)
  }
})

test('registries.conf: a drop-in says what the machine config operator writes on nodes', () => {
  const { registry } = parse(textOf(resourcesOf(adminMirror()), 'nodes/registries.conf.d/mirrorform.conf'))
  assert.deepEqual(JSON.parse(JSON.stringify(registry)), [
    {
      location: 'quay.io/openshift-release-dev/ocp-release',
      mirror: [{ location: 'm.example:5000/ocp4/openshift4' }],
    },
    {
      location: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev',
      mirror: [{ location: 'm.example:5000/ocp4/openshift4', 'pull-from-mirror': 'digest-only' }],
    },
  ])
})
