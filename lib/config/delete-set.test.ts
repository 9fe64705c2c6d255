/** What a DeleteImageSetConfiguration names, and what is refused with its place. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, parseDeleteSet, parseImageSet } from './index.ts'

const HEAD = 'kind: DeleteImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\n'

function problemsOf(text: string, parse: typeof parseDeleteSet | typeof parseImageSet = parseDeleteSet) {
  try {
    parse({ path: 'deletes.yaml', text })
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    throw error
  }
  return []
}

describe('a DeleteImageSetConfiguration', () => {
  it('is read in all its sections, whatever its apiVersion says', () => {
    const set = parseDeleteSet({
      path: 'deletes.yaml',
      text: `kind: DeleteImageSetConfiguration
apiVersion: mirror.openshift.io/v1alpha2
delete:
  platform:
    channels:
      - { name: stable-4.13, minVersion: 4.13.3, maxVersion: 4.13.5 }
  operators:
    - catalog: registry.example.com/olm/demo-index:v1
      packages: [{ name: widget, bundles: [{ name: widget.v1.0.0 }] }]
  additionalImages:
    - { name: quay.io/acme/app, targetTag: one }
  helm:
    repositories:
      - { name: acme, url: https://charts.example.com, charts: [{ name: podinfo, version: 5.0.0 }] }
      - { name: all, url: https://other.example.com }
    local: [{ name: mine, path: charts/mine.tgz }]
  samples: [{ name: ruby }]
`,
    })
    assert.equal(set.platform?.channels[0]?.maxVersion, '4.13.5')
    assert.equal(set.operators[0]?.packages[0]?.bundles[0], 'widget.v1.0.0')
    assert.deepEqual(
      set.additionalImages.map(({ name, targetTag, place }) => [name, targetTag, place]),
      [['quay.io/acme/app', 'one', 'deletes.yaml:11']],
    )
    assert.deepEqual(
      set.helm?.repositories.map(({ url, charts }) => [
        url,
        charts.map(({ name, version }) => `${name} ${version}`),
      ]),
      [
        ['https://charts.example.com', ['podinfo 5.0.0']],
        ['https://other.example.com', []],
      ],
    )
    assert.equal(set.helm?.local[0]?.path, 'charts/mine.tgz')
    assert.deepEqual(
      set.samples.map(({ name }) => name),
      ['ruby'],
    )
  })

  const rows: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
    ['nothing to delete', `${HEAD}`, ['1:1 "delete" is missing in the file']],
    [
      'a mirror section',
      `${HEAD}delete: {}\nmirror: {}\n`,
      ['4:1 "mirror" is not allowed in a DeleteImageSetConfiguration'],
    ],
    ['a misspelt section', `${HEAD}delete:\n  operator: []\n`, ['4:3 unknown key "operator" in delete']],
    [
      'blocked images',
      `${HEAD}delete:\n  blockedImages: []\n`,
      ['4:3 "blockedImages" has no meaning for deletes'],
    ],
    [
      'the same catalog twice',
      `${HEAD}delete:\n  operators:\n    - catalog: a.io/i:v1\n    - catalog: a.io/i:v1\n`,
      ['6:16 the catalog "a.io/i:v1" stands here twice'],
    ],
    [
      'a range with its ends the wrong way round',
      `${HEAD}delete:\n  platform:\n    channels: [{ name: s, minVersion: 4.2.2, maxVersion: 4.2.1 }]\n`,
      ['5:39 minVersion 4.2.2 is above maxVersion 4.2.1'],
    ],
    [
      'a chart without a repository',
      `${HEAD}delete:\n  helm:\n    repositories: [{ name: acme }]\n`,
      ['5:20 this chart repository has no url'],
    ],
  ]
  for (const [what, text, problems] of rows)
    it(`with ${what} is refused`, () => assert.deepEqual(problemsOf(text), problems))

  it('is not taken for an image set', () => {
    assert.deepEqual(problemsOf(`${HEAD}delete: {}\n`, parseImageSet), [
      '1:7 a DeleteImageSetConfiguration says what to delete, not what to mirror',
    ])
  })
})
