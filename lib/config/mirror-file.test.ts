/** What a Mirror file says, and what it may not say. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type MirrorFile, parseMirrorFile } from './index.ts'

const HEAD = 'apiVersion: mirrorform.dev/v1alpha1\nkind: Mirror\n'

function load(body: string): MirrorFile {
  return parseMirrorFile({ path: 'mirrorform.yaml', text: HEAD + body })
}

function refused(body: string): readonly string[] {
  try {
    load(body)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, column, kind, message }) => `${line - 2}:${column} ${kind} ${message}`)
  }
  return []
}

describe('a Mirror file', () => {
  it('names image sets, targets and policies, paths as they are written', () => {
    assert.deepEqual(
      load(`imageSets: [base.yaml, sets/apps.yaml]
targets:
- name: enc1
  to: docker://registry.enc1.example:5000/ocp
  state: states/enc1.state.json
  imageSets: [apps.yaml]
  platformIndex: rewrite
  maxNestedPaths: 2
  protect: ['ubi9/**']
- name: layout
  to: oci://mirror
policies:
  protect: [base/*]
  maxDeletePercent: 5.5
  signatures: required
  conditionalUpdates: avoid
  operatorSelection: connected
  graphDataBaseImage: registry.example/ubi9/ubi
`),
      {
        path: 'mirrorform.yaml',
        imageSets: ['base.yaml', 'sets/apps.yaml'],
        targets: [
          {
            name: 'enc1',
            to: { kind: 'registry', host: 'registry.enc1.example:5000', prefix: 'ocp' },
            state: 'states/enc1.state.json',
            imageSets: ['apps.yaml'],
            platformIndex: 'rewrite',
            maxNestedPaths: 2,
            protect: ['ubi9/**'],
          },
          { name: 'layout', to: { kind: 'layout', folder: 'mirror' }, protect: [] },
        ],
        policies: {
          protect: ['base/*'],
          maxDeletePercent: 5.5,
          signatures: 'required',
          conditionalUpdates: 'avoid',
          operatorSelection: 'connected',
          graphDataBaseImage: { host: 'registry.example', path: 'ubi9/ubi', tag: 'latest' },
        },
      },
    )
  })

  it('may have mapping files in place of image sets', () => {
    const { targets } = load('targets: [{name: a, to: docker://r.example, mappings: [m.txt]}]\n')
    assert.deepEqual([targets[0]?.mappings, targets[0]?.imageSets], [['m.txt'], undefined])
  })

  it('says of a target where it is read, how it is reached and how hard', () => {
    const { targets } = load(`imageSets: [a.yaml]
targets:
- name: enc1
  to: docker://enc1.example
  via: hub
  registriesConf: enc1.conf
  limits: {parallelImages: 2, parallelLayers: 3, maxRequestsPerSecond: 10, bandwidth: 50MiB}
- name: hub
  to: docker://hub.example
  updateService: https://updates.hub.example/graph
  inputs: hub.plan.json
`)
    assert.deepEqual(targets, [
      {
        name: 'enc1',
        to: { kind: 'registry', host: 'enc1.example', prefix: '' },
        protect: [],
        via: 'hub',
        registriesConf: 'enc1.conf',
        limits: { parallelImages: 2, parallelLayers: 3, maxRequestsPerSecond: 10, bandwidth: '50MiB' },
      },
      {
        name: 'hub',
        to: { kind: 'registry', host: 'hub.example', prefix: '' },
        protect: [],
        updateService: 'https://updates.hub.example/graph',
        inputs: 'hub.plan.json',
      },
    ])
  })

  it('has policies that delete little and take signatures along when it says nothing', () => {
    const { policies } = load('imageSets: [a.yaml]\ntargets: [{name: a, to: docker://r.example}]\n')
    assert.deepEqual(policies, {
      protect: [],
      maxDeletePercent: 20,
      signatures: 'copy-if-present',
      conditionalUpdates: 'allow',
      operatorSelection: 'documented',
    })
  })

  it('may forbid every delete', () => {
    const { policies } = load(
      'imageSets: [a.yaml]\ntargets: [{name: a, to: docker://r.example}]\npolicies: {maxDeletePercent: 0}\n',
    )
    assert.equal(policies.maxDeletePercent, 0)
  })

  const ROWS: readonly (readonly [sentence: string, body: string, problems: readonly string[]])[] = [
    ['no targets', 'imageSets: [a.yaml]\n', ['-1:1 schema "targets" is missing in the file']],
    ['an empty list of targets', 'targets: []\n', ['1:10 schema targets must not be an empty list']],
    [
      'targets without a name or a place, or with nothing behind them',
      'imageSets: [a]\ntargets:\n- to: docker://r\n- name: b\n- name: c\n  to:\n',
      [
        '3:3 schema "name" is missing in targets[0]',
        '4:3 schema "to" is missing in targets[1]',
        '6:3 schema targets[2].to has no value',
      ],
    ],
    [
      'places that are none',
      'imageSets: [a]\ntargets:\n- {name: a, to: registry.example}\n- {name: b, to: "oci://"}\n- {name: c, to: "docker://r/x:1"}\n',
      [
        '3:17 rule "registry.example" is not a target',
        '4:17 rule "oci://" is not a target: the folder is missing',
        '5:17 rule "docker://r/x:1" is not a target: a target has no tag or digest',
      ],
    ],
    [
      'two targets of one name, one place or one state file',
      'imageSets: [a]\ntargets:\n- {name: a, state: s, to: docker://r/}\n- {name: a, state: s, to: docker://r}\n',
      [
        '4:10 rule the target "a" stands here twice',
        '4:20 rule the state file "s" stands here twice',
        '4:27 rule the place "docker://r" stands here twice',
      ],
    ],
    [
      'a target without image sets',
      'targets:\n- {name: a, to: docker://r, imageSets: [x]}\n- {name: b, to: docker://s}\n',
      ['3:3 rule this target has no image sets'],
    ],
    [
      'values out of their range',
      'imageSets: [a]\ntargets: [{name: "a/b", to: docker://r, platformIndex: spares, maxNestedPaths: -1}]\npolicies: {maxDeletePercent: 101, signatures: never, graphDataBaseImage: A}\n',
      [
        '2:18 schema targets[0].name is "a/b", which is not allowed',
        '2:56 schema targets[0].platformIndex must be one of "sparse", "rewrite", not "spares"',
        '2:80 schema targets[0].maxNestedPaths must be 0 or more',
        '3:30 schema policies.maxDeletePercent must be 100 or less',
        '3:47 schema policies.signatures must be one of "copy-if-present", "required", "ignore", not "never"',
        '3:74 rule "A" is not an image reference: "library/A" is not a repository path',
      ],
    ],
    [
      'ways that lead nowhere, in a circle, or through a folder',
      'imageSets: [a]\ntargets:\n- {name: a, to: docker://r, via: hup}\n- {name: b, to: docker://s, via: c}\n- {name: c, to: docker://t, via: b}\n- {name: hub, to: oci://d}\n- {name: e, to: docker://u, via: hub}\n- {name: f, to: docker://v, via: f}\n',
      [
        '3:34 rule via: there is no target "hup"',
        '4:34 rule via: the way from "b" over "c" leads back to "b"',
        '5:34 rule via: the way from "c" over "b" leads back to "c"',
        '7:34 rule via: the target "hub" is not a registry',
        '8:34 rule via: the way from "f" over "f" leads back to "f"',
      ],
    ],
    [
      'limits that allow nothing, and an address that is none',
      'imageSets: [a]\ntargets:\n- {name: a, to: docker://r, updateService: updates.example, limits: {parallelImages: 0, bandwidth: fast, retries: 3}}\n',
      [
        '3:44 schema targets[0].updateService is "updates.example", which is not allowed',
        '3:86 schema targets[0].limits.parallelImages must be 1 or more',
        '3:100 schema targets[0].limits.bandwidth is "fast", which is not allowed',
        '3:106 schema unknown key "retries" in targets[0].limits',
      ],
    ],
    [
      'a bandwidth that lets nothing through',
      'imageSets: [a]\ntargets:\n- {name: a, to: docker://r, limits: {bandwidth: "0"}}\n- {name: b, to: docker://s, limits: {bandwidth: 0.0MiB}}\n',
      [
        '3:49 schema targets[0].limits.bandwidth is "0", which is not allowed',
        '4:49 schema targets[1].limits.bandwidth is "0.0MiB", which is not allowed',
      ],
    ],
    [
      'unknown keys',
      'imageSet: [a]\ntargets: [{name: a, to: docker://r, imageSets: [x], prune: true}]\n',
      ['1:1 schema unknown key "imageSet" in the file', '2:53 schema unknown key "prune" in targets[0]'],
    ],
  ]
  for (const [sentence, body, problems] of ROWS)
    it(`is refused for ${sentence}`, () => assert.deepEqual(refused(body), problems))

  it('is told what a value may look like where its pattern does not fit', () => {
    const body = 'imageSets: [a]\ntargets:\n- {name: a/b, to: docker://r, limits: {bandwidth: fast}}\n'
    assert.throws(
      () => parseMirrorFile({ path: 'm', text: `${HEAD}${body}` }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError)
        const hints = error.problems.map(({ hint }) => hint)
        assert.deepEqual(hints, [
          'letters, digits, ".", "_" and "-" are, beginning with a letter or digit',
          'for instance 50MiB',
        ])
        return true
      },
    )
  })

  it('is refused for the format of another version', () => {
    assert.throws(
      () =>
        parseMirrorFile({ path: 'm', text: 'apiVersion: mirrorform.dev/v2\nkind: Mirror\ntargets: []\n' }),
      /apiVersion must be "mirrorform.dev\/v1alpha1", not "mirrorform.dev\/v2"/,
    )
  })
})
