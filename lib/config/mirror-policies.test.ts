/** Mirror sets and policies of clusters as they are read, and where what is wrong with them is said to be. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMirrorPolicies } from './mirror-policies.ts'
import { ConfigError } from './problem.ts'

const HEAD = 'apiVersion: config.openshift.io/v1\nkind: ImageDigestMirrorSet\nspec:\n  imageDigestMirrors:\n'

function idms(...entries: readonly string[]): string {
  return `${HEAD}${entries.map(entry => `  - ${entry}\n`).join('')}`
}

const read = (text: string) => readMirrorPolicies({ path: 'idms.yaml', text }, 'ImageDigestMirrorSet')
const rulesIn = (text: string) => read(text).flatMap(({ rules }) => rules)

describe('a mirror set', () => {
  it('is read from each document that is one', () => {
    const text = `${idms('{source: q.io/a, mirrors: [m:1/a]}')}---\nkind: ConfigMap\n---\n${idms('{source: q.io/b, mirrors: [m:1/b], mirrorSourcePolicy: NeverContactSource}')}`
    assert.deepEqual(rulesIn(text), [
      { source: 'q.io/a', mirrors: ['m:1/a'], never: false },
      { source: 'q.io/b', mirrors: ['m:1/b'], never: true },
    ])
  })

  it('is read from what oc get prints', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${idms('{source: q.io/a, mirrors: [m:1]}').trimEnd().replaceAll('\n', '\n  ')}\n- kind: ConfigMap\n`
    assert.deepEqual(rulesIn(text), [{ source: 'q.io/a', mirrors: ['m:1'], never: false }])
  })

  it('is, as a policy, read from an ImageContentSourcePolicy', () => {
    const text =
      'kind: ImageContentSourcePolicy\nmetadata: {labels: {a: b}}\nspec: {repositoryDigestMirrors: [{source: quay.io/a, mirrors: [m:1/a]}]}\n'
    assert.deepEqual(readMirrorPolicies({ path: 'icsp.yaml', text }, 'ImageContentSourcePolicy'), [
      {
        name: undefined,
        labels: { a: 'b' },
        rules: [{ source: 'quay.io/a', mirrors: ['m:1/a'], never: false }],
      },
    ])
  })

  const never = '{source: q.io/a, mirrors: [m:1], mirrorSourcePolicy: NeverContactSource}'
  const allowed = '{source: q.io/a, mirrors: [n:1]}'
  for (const [what, text, message] of [
    ['no YAML', 'kind: [', /^idms\.yaml:1:8: /],
    [
      'another kind',
      'a: 1\nkind: Template\n',
      /^idms\.yaml:2:7: no ImageDigestMirrorSet with entries, but kind: Template/,
    ],
    ['without a kind', 'a: 1\n', /^idms\.yaml:1:1: no ImageDigestMirrorSet with entries/],
    ['without entries', HEAD, /^idms\.yaml:2:7: no ImageDigestMirrorSet with entries/],
    ['nothing', '', /^idms\.yaml:1:1: the file is empty/],
    ['an entry without source', idms('{mirrors: [m:1]}'), /^idms\.yaml:5:5: this entry of an ImageDigestM/],
    [
      'policies that contradict each other',
      idms(never, allowed),
      /^idms\.yaml:6:5: different mirrorSourcePolicy values for q\.io\/a/,
    ],
    [
      'documents that contradict each other',
      `${idms(never)}---\n${idms(allowed)}`,
      /^idms\.yaml:11:5: different mirrorSourcePolicy/,
    ],
  ] as const)
    it(`is refused with its line when it is ${what}`, () => {
      assert.throws(
        () => read(text),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError)
          assert.match(error.message, message)
          return true
        },
      )
    })
})
