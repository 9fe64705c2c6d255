import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { held, mirrorOf } from '../../testdata/mirror-states.ts'
import { samplesConfigMap } from '../../testdata/sample-streams.ts'
import { readInventory } from '../content/samples/index.ts'
import { makeResources } from './make-resources.ts'
import type { HeldImages, SamplesAsked } from './resource.ts'
import { restartsNodes } from './resource.ts'

const sample = (name: string) => ({ kind: 'sample', name }) as const
const RUBY = 'registry.redhat.io/ubi9/ruby-33:latest'
const RUBY_30 = 'registry.redhat.io/ubi8/ruby-30:latest'
const NGINX = 'registry.access.redhat.com/ubi9/nginx-124:latest'
const inventory = readInventory([
  ['map.yaml', samplesConfigMap({ 'ruby:3.3-ubi9': RUBY, 'ruby:3.0-ubi8': RUBY_30, 'nginx:1.24': NGINX })],
])
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

function made(mirror: HeldImages, samples?: SamplesAsked) {
  const options = { maxNestedPaths: 0, icsp: false, templates: [] }
  const { files, notes } = makeResources(mirror, { ...options, ...(samples && { samples }) })
  const textOf = (path: string) => files.find(file => file.path === path)?.text
  return { files, notes, textOf }
}

const nginx = mirrorOf(
  'docker://m.example:5000/samples',
  held(NGINX, 'm.example:5000/samples/ubi9/nginx-124:latest', sample('nginx:1.24')),
)

describe('the samples of a mirror', () => {
  it('are told to the operator, and streams that are not there are skipped', () => {
    const { textOf, files, notes } = made(nginx, { inventory })
    assert.match(
      textOf('samples-operator.yaml') ?? '',
      /---\napiVersion: samples\.operator\.openshift\.io\/v1\nkind: Config\nmetadata:\n {2}name: cluster\nspec:\n {2}managementState: Managed\n {2}samplesRegistry: m\.example:5000\/samples\n {2}skippedImagestreams:\n {2}- jenkins\n {2}- jenkins-agent-base\n {2}- ruby\n$/,
    )
    assert.deepEqual(notes, [])
    assert.equal(files.some(restartsNodes), false, 'imports do not go by mirror sets')
  })

  it('count by stream: one that is there in part is skipped, which is said', () => {
    const part = mirrorOf(
      'docker://m.example',
      held(RUBY, 'm.example/ubi9/ruby-33:latest', sample('ruby:3.3-ubi9')),
    )
    const { textOf, notes } = made(part, { inventory })
    assert.match(
      textOf('samples-operator.yaml') ?? '',
      /samplesRegistry: m\.example\n.*\n.*\n.*\n {2}- nginx\n {2}- ruby\n$/,
    )
    assert.match(notes.join(), /holds some tags of ruby and lacks others/)
  })

  it('count only where the operator looks for them, whatever put them there', () => {
    const both = mirrorOf(
      'docker://m.example/x',
      held(NGINX, 'm.example/x/ubi9-nginx-124:latest', sample('nginx:1.24')),
      held(RUBY, 'm.example/x/ubi9/ruby-33:latest', { kind: 'additionalImage', name: RUBY }),
      held(RUBY_30, 'm.example/x/ubi8/ruby-30:latest', sample('ruby:3.0-ubi8')),
    )
    const text = made(both, { inventory }).textOf('samples-operator.yaml') ?? ''
    assert.match(text, /- nginx\n/)
    assert.doesNotMatch(text, /- ruby/)
  })

  it('are imported with the certificate of the mirror, which goes to the nodes', () => {
    const { files, textOf } = made(nginx, { inventory, authority: { path: 'ca.crt', text: PEM } })
    const file = files.find(({ path }) => path === 'samples-ca.yaml')
    assert.deepEqual(
      file?.objects.map(({ kind, data, spec }) => [kind, data ?? spec]),
      [
        ['ConfigMap', { 'm.example..5000': PEM }],
        ['Image', { additionalTrustedCA: { name: 'registry-config' } }],
      ],
    )
    assert.ok(file && restartsNodes(file))
    assert.ok(textOf('samples-operator.yaml'))
  })

  for (const [what, text, message] of [
    ['no certificate', 'hello', /ca\.crt holds no certificate in PEM/],
    ['a private key', `${PEM}-----BEGIN PRIVATE KEY-----\n`, /ca\.crt holds a private key/],
  ] as const)
    it(`are not given ${what} for a certificate`, () => {
      assert.throws(() => made(nginx, { inventory, authority: { path: 'ca.crt', text } }), {
        name: 'ResourceError',
        message,
      })
    })

  it('are noted where nobody says what the cluster has, and nothing is made without samples', () => {
    assert.match(made(nginx).notes.join(), /with --samples-from FILE/)
    assert.equal(made(nginx).textOf('samples-operator.yaml'), undefined)
    const none = mirrorOf(
      'docker://m.example',
      held(RUBY, 'm.example/ubi9/ruby-33:latest', { kind: 'additionalImage', name: RUBY }),
    )
    assert.match(made(none, { inventory }).notes.join(), /holds no samples/)
    assert.deepEqual(made(none).notes, [])
  })
})
