import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import { additional, catalog, held, mirrorOf, plainDigest, release } from '../../testdata/mirror-states.ts'
import { readingConf } from './reading-rules.ts'

const AT = 'ent.lan/hub'

function rulesOf(...images: Parameters<typeof mirrorOf>[1][]): unknown {
  const text = readingConf(mirrorOf(`docker://${AT}`, ...images), 0) ?? ''
  return JSON.parse(JSON.stringify(parse(text))).registry
}

test('a tool that reads by rules finds releases, catalogs and images where the target holds them', () => {
  assert.deepEqual(
    rulesOf(
      held('quay.io/acme/app:1', `${AT}/acme/app:1`, additional('as written')),
      held(
        `registry.example.com/olm/index@${plainDigest('a')}`,
        `${AT}/olm/index:v4.16`,
        catalog('registry.example.com/olm/index:v4.16'),
      ),
      held(
        `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${plainDigest('b')}`,
        `${AT}/openshift/release:4.16.8-x86_64-etcd`,
        release('4.16.8', 'etcd'),
      ),
      held(
        `quay.io/openshift-release-dev/ocp-release@${plainDigest('c')}`,
        `${AT}/openshift/release-images:4.16.8-x86_64`,
        release('4.16.8'),
      ),
    ),
    [
      { location: 'quay.io/acme', mirror: [{ location: `${AT}/acme` }] },
      {
        location: 'quay.io/openshift-release-dev/ocp-release',
        mirror: [{ location: `${AT}/openshift/release-images` }],
      },
      {
        location: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev',
        mirror: [{ location: `${AT}/openshift/release`, 'pull-from-mirror': 'digest-only' }],
      },
      { location: 'registry.example.com/olm', mirror: [{ location: `${AT}/olm` }] },
    ],
  )
})

test('an image that has another tag at the target is found by digest alone', () => {
  assert.deepEqual(rulesOf(held('quay.io/acme/app:1', `${AT}/acme/app:stable`, additional('x'))), [
    {
      location: 'quay.io/acme',
      mirror: [{ location: `${AT}/acme`, 'pull-from-mirror': 'digest-only' }],
    },
  ])
})

test('a target that holds nothing has no rules', () => {
  assert.equal(readingConf(mirrorOf(`docker://${AT}`), 0), undefined)
})
