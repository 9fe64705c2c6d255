import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StateError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { State } from '../state.ts'
import { states, WORLD } from './arbitraries.ts'
import { decodeState, encodeState } from './state-file.ts'

const leaf = digestOf('leaf')
const config = digestOf('config')
const state = {
  lineage: '8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f',
  target: { kind: 'registry', host: 'registry.enc1.example:5000', prefix: 'ocp' },
  images: [
    image('ocp/ubi9/ubi', 'latest'),
    { ...image('ocp/a', '1'), attachments: [{ digest: leaf, subject: leaf, tag: 'sha256-1.sig' }] },
  ],
  manifests: new Map([
    [leaf, { digest: leaf, mediaType: 'm', size: 7, manifests: [], blobs: [config] }],
    [config, { digest: config, mediaType: 'unreached', size: 1, manifests: [], blobs: [] }],
  ]),
  blobs: new Map([
    [config, 5],
    [digestOf('unreached'), 9],
  ]),
  loose: [{ repository: 'ocp/b', digest: config, size: 5 }],
} as unknown as State

function image(repository: string, tag: string): object {
  return {
    destination: { repository, tag },
    source: `quay.io/${repository}:${tag}`,
    digest: leaf,
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [{ kind: 'additionalImage', name: repository }],
  }
}

const text = encodeState(state)

test('a state file has one line for each image, manifest and blob, sorted, and only what the images reach', () => {
  assert.equal(
    text,
    `{
  "format": "mirrorform-state",
  "version": 1,
  "lineage": "8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f",
  "target": "docker://registry.enc1.example:5000/ocp",
  "images": [
    {"destination":"registry.enc1.example:5000/ocp/a:1","source":"quay.io/ocp/a:1","digest":"${leaf}","attachments":[{"digest":"${leaf}","subject":"${leaf}","tag":"sha256-1.sig"}],"origins":[{"kind":"additionalImage","name":"ocp/a"}]},
    {"destination":"registry.enc1.example:5000/ocp/ubi9/ubi:latest","source":"quay.io/ocp/ubi9/ubi:latest","digest":"${leaf}","origins":[{"kind":"additionalImage","name":"ocp/ubi9/ubi"}]}
  ],
  "manifests": [
    {"digest":"${leaf}","mediaType":"m","size":7,"blobs":["${config}"]}
  ],
  "blobs": [
    {"digest":"${config}","size":5}
  ],
  "loose": [
    {"repository":"ocp/b","digest":"${config}","size":5}
  ]
}
`,
  )
})

test('a state is read back as it was written', () => {
  fc.assert(fc.property(states, state => assert.deepEqual(decodeState(encodeState(state), 's'), state)))
})

test('the same state gives the same bytes, in whatever order it is held', () => {
  fc.assert(
    fc.property(states, state => {
      const shuffled: State = {
        ...state,
        images: state.images.toReversed(),
        manifests: new Map([...state.manifests].reverse()),
        blobs: new Map([...WORLD.blobs].reverse()),
        loose: state.loose.toReversed(),
      }
      assert.equal(encodeState(shuffled), encodeState(state))
    }),
  )
})

/** The state with one more member at its end. */
function withMember(member: string): string {
  return text.replace(/\n\}\n$/, `,\n  ${member}\n}\n`)
}

const damages: readonly (readonly [what: string, text: string, message: RegExp, hint?: RegExp])[] = [
  ['an empty file', '\n', /^s\.json is empty, not a state$/, /git checkout/],
  [
    'a file cut short',
    text.slice(0, -4),
    /^s\.json:18:3: not JSON: "," or "\]" should stand here, but the text ends$/,
  ],
  [
    'a file git left in a merge',
    text.replace('  "images"', '<<<<<<< HEAD\n  "images"'),
    /^s\.json:6: git left a merge conflict/,
    /settle the conflict/,
  ],
  ['a plan', text.replace('-state', '-plan'), /^s\.json is not a state: its format is "mirrorform-plan"/],
  ['some other JSON', '{"a": 1}', /^s\.json is not a state: its format is not stated/],
  ['a list', '[]', /^s\.json: the file should be an object, but is \[\]$/],
  [
    'a later version',
    text.replace('"version": 1', '"version": 2'),
    /version 2, written by a newer mirrorform; this one reads version 1$/,
    /use a mirrorform that reads mirrorform-state version 2/,
  ],
  ['version 0', text.replace('"version": 1', '"version": 0'), /version 0; this mirrorform reads version 1$/],
  [
    'a missing lineage',
    text.replace(/ {2}"lineage".*\n/, ''),
    /^s\.json: lineage should be a text that is not empty, but is missing$/,
  ],
  [
    'a wrong target',
    text.replace('docker://', 'http://'),
    /^s\.json: target should be a target, but is "http:/,
  ],
  [
    'a destination elsewhere',
    text.replace('"destination":"registry.enc1', '"destination":"quay'),
    /^s\.json: images\[0\]\.destination should be a destination in docker:/,
  ],
  [
    'a wrong digest',
    text.replace(`"digest":"${leaf}","origins"`, '"digest":"sha256:12","origins"'),
    /^s\.json: images\[1\]\.digest should be a sha256 or sha512 digest, but is "sha256:12"$/,
  ],
  [
    'a wrong size',
    text.replace('"size":7', '"size":-7'),
    /^s\.json: manifests\[0\]\.size should be a whole number from 0, but is -7$/,
  ],
  [
    'manifests of the wrong type',
    text.replace('"mediaType":"m"', '"mediaType":null'),
    /manifests\[0\]\.mediaType should be a text, but is null$/,
  ],
  ['a missing list', text.replace('"loose"', '"lose"'), /^s\.json: loose should be a list, but is missing$/],
  [
    'an unknown origin',
    text.replace('additionalImage', 'moon'),
    /images\[0\]\.origins\[0\]\.kind should be one of additionalImage, release, graphData, catalog, bundle, sample, chart, mapping, but is "moon"/,
  ],
  [
    'an image twice',
    text.replace(/^( {4}\{"destination":".*),\n/m, '$1,\n$1,\n'),
    /^s\.json: the image ocp\/a:1 is listed twice$/,
  ],
  [
    'a blob twice',
    text.replace(/^( {4}\{"digest":".*","size":5\})\n/m, '$1,\n$1\n'),
    /^s\.json: blobs\[1\] lists sha256:\w+ a second time$/,
  ],
  [
    'a manifest that is not listed',
    text.replace(`    {"digest":"${leaf}","mediaType":"m","size":7,"blobs":["${config}"]}\n`, ''),
    /^s\.json: the image ocp\/a:1 reaches the manifest sha256:\w+, which is not listed$/,
  ],
  [
    'a blob that is not listed',
    text.replace(`    {"digest":"${config}","size":5}\n`, ''),
    /^s\.json: the image ocp\/a:1 reaches the blob sha256:\w+, which is not listed$/,
  ],
  [
    'an arrival that is no digest',
    text.replace(`"origins":[{"kind":"additionalImage","name":"ocp/ubi9/ubi"}]`, '"arrivedIn":"7"'),
    /^s\.json: images\[1\]\.arrivedIn should be a sha256 or sha512 digest, but is "7"$/,
  ],
  [
    'something awaited that is elsewhere',
    withMember('"awaited": ["quay.io/ocp/a:1"]'),
    /^s\.json: awaited\[0\] should be a destination in docker:.*, but is "quay\.io/,
  ],
  ['something awaited that is no list', withMember('"awaited": {}'), /^s\.json: awaited should be a list/],
  [
    'an archive read at something that is no target',
    withMember(`"archives": [{"id":"${leaf}","number":1,"plan":"${leaf}","readAt":"registry.enc1.example"}]`),
    /^s\.json: archives\[0\]\.readAt should be a target, but is "registry/,
  ],
  [
    'an archive whose number is a text',
    withMember(`"archives": [{"id":"${leaf}","number":"1","plan":"${leaf}"}]`),
    /^s\.json: archives\[0\]\.number should be a whole number from 0, but is "1"$/,
  ],
  [
    'an archive that is confirmed with a text',
    withMember(`"archives": [{"id":"${leaf}","number":1,"plan":"${leaf}","confirmed":"no"}]`),
    /^s\.json: archives\[0\]\.confirmed should be true or false, but is "no"$/,
  ],
  [
    'a made manifest that was changed',
    text.replace('"size":7', '"size":7,"text":"{}"'),
    /^s\.json: manifests\[0\]\.text is not the manifest that sha256:\w+ names$/,
  ],
]

test('a state of before, without archives, arrivals and what is awaited, is read and written as it was', () => {
  const read = decodeState(text, 's.json')
  assert.deepEqual(
    [read.archives, read.awaited, read.images[0]?.arrivedIn],
    [undefined, undefined, undefined],
  )
  assert.equal(encodeState(read), text)
})

for (const [what, damaged, message, hint] of damages) {
  test(`${what} is refused as a state, saying what is wrong and what to do`, () => {
    assert.notEqual(damaged, text)
    assert.throws(
      () => decodeState(damaged, 's.json'),
      (error: unknown) => {
        assert.ok(error instanceof StateError)
        assert.match(error.message, message)
        assert.match(error.hint ?? '', hint ?? /./)
        return true
      },
    )
  })
}

test('a state whose images reach what it does not list is not written', () => {
  assert.throws(() => encodeState({ ...state, blobs: new Map() }), {
    name: 'StateError',
    message: /cannot write the state: the image ocp\/a:1 reaches the blob/,
  })
})
