import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  additional,
  bundleOf,
  catalog,
  held,
  mirrorOf,
  plainDigest,
  release,
  type SampleMirror,
  workedExample,
} from '../../testdata/mirror-states.ts'
import type { Origin } from '../graph/graph.ts'
import { mirrorRules, scopesOf } from './mirror-rules.ts'
import { mirroredRepositories, repositoryText } from './mirrored-repositories.ts'

const D = plainDigest('d')
const TAG = `sha256-${'d'.repeat(64)}`
const operator = bundleOf('registry.example.com/olm/demo-index:v1')
const user = additional('as written')

function rulesOf(mirror: SampleMirror, maxNestedPaths = 0): readonly string[] {
  return mirrorRules(mirroredRepositories(mirror), maxNestedPaths)
    .map(({ by, category, source, mirror }) => `${by} ${category}: ${source} -> ${mirror}`)
    .toSorted()
}

/** oc-mirror v2, "Which and what scope", a row for each scenario. */
const SCOPES: readonly (readonly [
  what: string,
  source: string,
  destination: string,
  origin: Origin,
  maxNestedPaths: number,
  rules: readonly string[],
])[] = [
  [
    'a component of a release has a path of its own: its repository, by digest',
    `quay.io/ord/art@${D}`,
    'reg/ns/openshift/release:4.14.1-x86_64-cli',
    release('4.14.1', 'cli'),
    0,
    ['digest release: quay.io/ord/art -> reg/ns/openshift/release'],
  ],
  [
    'a payload is looked for by digest and by tag',
    `quay.io/ord/ocp-release@${D}`,
    'reg/ns/openshift/release-images:4.14.1-x86_64',
    release('4.14.1'),
    0,
    [
      'digest release: quay.io/ord/ocp-release -> reg/ns/openshift/release-images',
      'tag release: quay.io/ord/ocp-release -> reg/ns/openshift/release-images',
    ],
  ],
  [
    'a payload that never had a tag is looked for by digest only',
    `quay.io/ord/ocp-release@${D}`,
    `reg/ns/openshift/release-images:${'d'.repeat(64)}`,
    release('d'.repeat(64)),
    0,
    ['digest release: quay.io/ord/ocp-release -> reg/ns/openshift/release-images'],
  ],
  [
    'an image without a namespace stands for its whole registry',
    `registry.redhat.io/ubi8-minimal@${D}`,
    `reg/ns/ubi8-minimal:${TAG}`,
    operator,
    0,
    ['digest operator: registry.redhat.io -> reg/ns'],
  ],
  [
    'an image with tag and digest is looked for by both, at its namespace',
    `gcr.io/kb/proxy:v1@${D}`,
    'reg/ns/kb/proxy:v1',
    operator,
    0,
    ['digest operator: gcr.io/kb -> reg/ns/kb', 'tag operator: gcr.io/kb -> reg/ns/kb'],
  ],
  [
    'an additional image is looked for by its tag',
    'registry.redhat.io/ubi8/ubi:latest',
    'reg/ns/ubi8/ubi:latest',
    user,
    0,
    ['tag generic: registry.redhat.io/ubi8 -> reg/ns/ubi8'],
  ],
  [
    'a folded path has a rule of its own',
    'quay.io/c/op:6',
    'reg/ns/c-op:6',
    user,
    2,
    ['tag generic: quay.io/c/op -> reg/ns/c-op'],
  ],
  [
    'where paths may be folded every rule is for one repository',
    'quay.io/c/op:6',
    'reg/c/op:6',
    user,
    2,
    ['tag generic: quay.io/c/op -> reg/c/op'],
  ],
  [
    'paths are compared by whole components',
    'quay.io/acme/widget:1',
    'reg/foo-acme/widget:1',
    user,
    0,
    ['tag generic: quay.io/acme/widget -> reg/foo-acme/widget'],
  ],
  [
    'a mirror without a prefix keeps the path as it is',
    `registry.redhat.io/ubi8-minimal@${D}`,
    `reg/ubi8-minimal:${TAG}`,
    operator,
    0,
    ['digest operator: registry.redhat.io -> reg'],
  ],
  [
    'a catalog has resources of its own',
    `quay.io/olm/index@${D}`,
    'reg/ns/olm/index:v1',
    catalog('x'),
    0,
    [],
  ],
  [
    'the data of the update service has a resource of its own',
    `quay.io/ubi9/ubi@${D}`,
    'reg/ns/openshift/graph-image:latest',
    { kind: 'graphData' },
    0,
    [],
  ],
  ['an image from a folder has no name to ask for', 'oci:/srv/app:1', 'reg/ns/srv/app:1', user, 0, []],
]

for (const [what, source, destination, origin, maxNestedPaths, rules] of SCOPES)
  test(what, () => {
    const [, host = '', prefix = ''] = /^([^/]+)\/(ns)?/.exec(destination) ?? []
    const mirror = mirrorOf(`docker://${host}${prefix && `/${prefix}`}`, held(source, destination, origin))
    assert.deepEqual(rulesOf(mirror, maxNestedPaths), rules)
  })

test('the mirror of the worked example has the rules that oc-mirror v2 gives it', () => {
  assert.deepEqual(rulesOf(workedExample()), [
    'digest operator: quay.io/acme -> reg.lan/ns/acme',
    'digest operator: registry.example.com/acme -> reg.lan/ns/acme',
    'digest release: quay.io/openshift-release-dev/ocp-release -> reg.lan/ns/openshift/release-images',
    'digest release: quay.io/openshift-release-dev/ocp-v4.0-art-dev -> reg.lan/ns/openshift/release',
    'tag generic: registry.redhat.io/ubi8 -> reg.lan/ns/ubi8',
    'tag operator: quay.io/acme -> reg.lan/ns/acme',
    'tag release: quay.io/openshift-release-dev/ocp-release -> reg.lan/ns/openshift/release-images',
  ])
})

test('an image that several ask for stands in the rules of each', () => {
  const mirror = mirrorOf(
    'docker://reg/ns',
    held(`quay.io/acme/app:1@${D}`, 'reg/ns/acme/app:1', operator, user),
  )
  assert.deepEqual(rulesOf(mirror), [
    'digest generic: quay.io/acme -> reg/ns/acme',
    'digest operator: quay.io/acme -> reg/ns/acme',
    'tag generic: quay.io/acme -> reg/ns/acme',
    'tag operator: quay.io/acme -> reg/ns/acme',
  ])
})

test('an image that is mirrored onto itself needs no rule', () => {
  assert.deepEqual(
    rulesOf(mirrorOf('docker://reg.lan', held('reg.lan/acme/app:1', 'reg.lan/acme/app:1', user))),
    [],
  )
})

test('a repository with a place of its own does not hide what its namespace leads to', () => {
  const mirror = mirrorOf(
    'docker://reg/ns',
    held('registry.redhat.io/ubi8/ubi:8.9', 'reg/ns/custom/base:8.9', user),
    held(`registry.redhat.io/ubi8/ubi@${D}`, `reg/ns/ubi8/ubi:${TAG}`, operator),
  )
  assert.deepEqual(rulesOf(mirror), [
    'digest operator: registry.redhat.io/ubi8 -> reg/ns/ubi8',
    'digest operator: registry.redhat.io/ubi8/ubi -> reg/ns/ubi8/ubi',
    'tag generic: registry.redhat.io/ubi8/ubi -> reg/ns/custom/base',
  ])
})

test('whatever a mirror holds, the rule that a node chooses leads to it', () => {
  const component = fc.constantFrom('a', 'b', 'c')
  const path = fc.array(component, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
  const host = fc.constantFrom('x.io', 'y.io')
  const suffix = fc.constantFrom(':1', `@${D}`, `:2@${D}`)
  const place = fc.option(path, { nil: undefined })
  const image = fc.tuple(host, path, suffix, place)
  fc.assert(
    fc.property(fc.array(image, { maxLength: 8 }), fc.constantFrom(0, 0, 4), (images, maxNestedPaths) => {
      const mirror = mirrorOf(
        'docker://reg/ns',
        ...images.map(([from, at, how, other], nth) =>
          held(`${from}/${at}${how}`, `reg/ns/${other ?? at}:t${nth}`, nth % 2 === 0 ? operator : user),
        ),
      )
      const repositories = mirroredRepositories(mirror)
      const rules = mirrorRules(repositories, maxNestedPaths)
      for (const { by, source, mirror } of repositories) {
        const full = repositoryText(source)
        const chosen = scopesOf(full).find(scope => rules.some(rule => rule.source === scope))
        const pulls = rules
          .filter(rule => rule.source === chosen && rule.by === by)
          .map(rule => rule.mirror + full.slice(rule.source.length))
        assert.ok(pulls.includes(repositoryText(mirror)), `${by} ${full} -> ${repositoryText(mirror)}`)
      }
    }),
  )
})
