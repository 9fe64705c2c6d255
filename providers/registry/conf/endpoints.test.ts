import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { destinationRules, endpointsFor } from './endpoints.ts'
import { parseRegistriesConf } from './registries-conf.ts'

const CORPUS = path.join(process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'registries-conf')
const withoutCorpus = !existsSync(CORPUS) && 'the corpus is not here'
const DIGEST = digestOf('x')

function confOf(text: string) {
  return { entries: parseRegistriesConf(text, '/etc/registries.conf').entries, credentialHelpers: [] }
}

function corpusConf(name: string) {
  return confOf(readFileSync(path.join(CORPUS, name), 'utf8'))
}

function placesFor(conf: ReturnType<typeof confOf>, name: string, reference = 'v1'): readonly string[] {
  return endpointsFor(conf, name, reference).map(
    endpoint => `${endpoint.host}/${endpoint.path}${endpoint.insecure ? ' insecure' : ''}`,
  )
}

test('without registries.conf an image has one endpoint: its own name', () => {
  assert.deepEqual(endpointsFor(confOf(''), 'quay.io/acme/app', 'v1'), [
    { host: 'quay.io', path: 'acme/app', reference: 'v1', insecure: false, isMirror: false },
  ])
})

test('mirrors come first, in their order, each with its own way of being insecure', () => {
  const conf = confOf(`
[[registry]]
prefix = "quay.io/acme"
location = "origin.example/acme"
insecure = true
[[registry.mirror]]
location = "one.example/mirror/acme/"
[[registry.mirror]]
location = "two.example:5000"
insecure = true
`)
  assert.deepEqual(placesFor(conf, 'quay.io/acme/app'), [
    'one.example/mirror/acme/app',
    'two.example:5000/app insecure',
    'origin.example/acme/app insecure',
  ])
  assert.deepEqual(placesFor(conf, 'quay.io/acme-other/app'), ['quay.io/acme-other/app'])
})

test('mirrors can be for digests only, or for tags only', () => {
  const restricted = confOf(`
[[registry]]
location = "a.com"
mirror-by-digest-only = true
[[registry.mirror]]
location = "m.com"
[[registry]]
location = "b.com"
[[registry.mirror]]
location = "tags.com"
pull-from-mirror = "tag-only"
[[registry.mirror]]
location = "digests.com"
pull-from-mirror = "digest-only"
`)
  assert.deepEqual(placesFor(restricted, 'a.com/x'), ['a.com/x'])
  assert.deepEqual(placesFor(restricted, 'a.com/x', DIGEST), ['m.com/x', 'a.com/x'])
  assert.deepEqual(placesFor(restricted, 'b.com/x'), ['tags.com/x', 'b.com/x'])
  assert.deepEqual(placesFor(restricted, 'b.com/x', DIGEST), ['digests.com/x', 'b.com/x'])
})

test('the longest prefix decides, wildcards stand for sub-domains of any depth, and an empty location changes nothing', {
  skip: withoutCorpus,
}, () => {
  const conf = corpusConf('containers__image__sysregistriesv2_testdata_find-registry.conf')
  const rows: readonly [string, string][] = [
    ['simple-prefix.com/foo/bar', 'registry.com:5000/foo/bar'],
    ['complex-prefix.com:4000/with/path/and/beyond', 'another-registry.com:5000/and/beyond'],
    ['no-prefix.com/foo', 'no-prefix.com/foo'],
    ['sub.simple-prefix.com/foo', 'subdomain-prefix-2.com/foo'],
    ['deep.so.simple-prefix.com/foo', 'subdomain-prefix.com/foo'],
    ['docker.io/library/foo', 'docker.io/library/foo'],
    ['a.bar.example.com:5000/foo', 'subdomain-prefix-3.com:5000/foo'],
    ['foo.bar.example.com:5000/foo', 'subdomain-prefix-5.com/foo'],
    ['x.internal.registry.com/foo', 'x.internal.registry.com/foo'],
  ]
  for (const [name, place] of rows) assert.deepEqual(placesFor(conf, name), [place], name)
})

test('an image is not rewritten twice', { skip: withoutCorpus }, () => {
  const conf = corpusConf('containers__skopeo__integration_fixtures_registries.conf')
  assert.deepEqual(placesFor(conf, 'mirror.invalid/busybox'), [
    'mirror-0.invalid/busybox',
    'mirror-1.invalid/busybox',
    'gcr.io/google-containers/busybox',
    'mirror.invalid/busybox',
  ])
})

test('a blocked registry is refused as a source and as a destination, naming entry and file', () => {
  const conf = confOf('[[registry]]\nlocation = "blocked.example/team"\nblocked = true')
  const message = /the registry blocked.example\/team is blocked in \/etc\/registries.conf/
  assert.throws(() => endpointsFor(conf, 'blocked.example/team/app', 'v1'), message)
  assert.throws(() => destinationRules(conf, 'blocked.example/team/app'), message)
  assert.deepEqual(placesFor(conf, 'blocked.example/other'), ['blocked.example/other'])
})

test('a destination is never sent elsewhere, but may be insecure', () => {
  const conf = confOf('[[registry]]\nprefix="a.com/x"\nlocation = "b.com"\ninsecure = true')
  assert.deepEqual(destinationRules(conf, 'a.com/x/y'), { insecure: true })
  assert.deepEqual(destinationRules(conf, 'a.com/z'), { insecure: false })
})

test('a prefix with a tag is for that tag alone', () => {
  const conf = confOf('[[registry]]\nprefix="a.com/x:v1"\nlocation = "b.com/y:v2"')
  assert.deepEqual(endpointsFor(conf, 'a.com/x', 'v1')[0], {
    host: 'b.com',
    path: 'y',
    reference: 'v2',
    insecure: false,
    isMirror: false,
  })
  assert.deepEqual(placesFor(conf, 'a.com/x', 'v3'), ['a.com/x'])
})
