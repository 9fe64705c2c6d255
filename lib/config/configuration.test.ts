/** Which files are which kind, what comes of files that are none, and where problems say they are. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type Problem, parseConfiguration, parseImageSet, parseMirrorFile } from './index.ts'

function problemsOf(
  text: string,
  parse: typeof parseConfiguration | typeof parseImageSet = parseConfiguration,
) {
  try {
    parse({ path: 'f.yaml', text })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const brief = (problem: Problem): string =>
  `${problem.line}:${problem.column} ${problem.kind} ${problem.message}`

const ROWS: readonly (readonly [
  sentence: string,
  text: string,
  problems: readonly string[],
  hint?: RegExp,
])[] = [
  ['an empty file', '', ['1:1 syntax the file is empty'], /init/],
  ['a file of comments', '# nothing\n---\n', ['1:1 syntax the file is empty']],
  ['a list', '- a\n', ['1:1 schema the file must be an object, "key: value" lines']],
  ['a file without a kind', 'a: 1\n', ['1:1 schema the file has no kind'], /write "kind: ImageSet/],
  ['a misspelt kind key', 'Kind: Mirror\n', ['1:1 schema the file has no kind'], /"kind" by "Kind"/],
  [
    'a misspelt kind key in what is otherwise an image set',
    'ikind: ImageSetConfiguration\nmirror: {}\n',
    ['1:1 schema unknown key "ikind" in the file'],
    /did you mean "kind"/,
  ],
  [
    'a misspelt kind, with whatever else is wrong',
    'kind: ImagesetConfiguration\nmirror: {a: 1}\n',
    [
      '1:7 schema kind must be "ImageSetConfiguration", not "ImagesetConfiguration"',
      '2:10 schema unknown key "a" in mirror',
    ],
    /did you mean "ImageSetConfiguration"/,
  ],
  [
    'another kind',
    'kind: Pod\n',
    ['1:7 schema the kind is "Pod", not ImageSetConfiguration, Mirror or Delete'],
  ],
  [
    'a list of images to delete, by name',
    'kind: DeleteImageList\nitems: []\n',
    ['1:7 schema a DeleteImageList is a list of images, not a configuration'],
    /--delete-yaml-file/,
  ],
  [
    'a ConfigMap around an image set',
    'kind: ConfigMap\ndata:\n  isc.yaml: |\n    kind: ImageSetConfiguration\n',
    ['1:7 schema a ConfigMap is not an image set'],
    /^save the text under data."isc.yaml" \(line 3\) as a file of its own$/,
  ],
  [
    'several documents',
    'kind: Mirror\n---\nkind: Mirror\n',
    ['3:1 syntax the file holds several YAML documents'],
    /a file of its own/,
  ],
  [
    'tabs as indentation',
    'kind: Mirror\ntargets:\n\t- name: a\n',
    ['3:1 syntax Tabs are not allowed as indentation'],
    /spaces/,
  ],
  ['a quote that is not closed', 'kind: "Mirror\n', ['1:14 syntax Missing closing "quote']],
  ['an alias to nothing', 'kind: *x\n', ['1:7 syntax the alias *x has no &x before it']],
]

describe('what is not a configuration is refused:', () => {
  for (const [sentence, text, problems, hint] of ROWS)
    it(sentence, () => {
      const found = problemsOf(text)
      const starts = problems.map((start, at) =>
        brief(found[at] ?? assert.fail('too few problems')).slice(0, start.length),
      )
      assert.deepEqual(starts, problems)
      assert.equal(found.length, problems.length)
      if (hint !== undefined) assert.match(found[0]?.hint ?? '', hint)
    })

  it('an alias inside of what it names, and a tag nobody knows', () => {
    assert.deepEqual(
      problemsOf('kind: ImageSetConfiguration\nmirror: &m\n  helm: *m\n').map(brief).slice(0, 1),
      ['3:9 syntax the alias *m stands inside of what it names'],
    )
    assert.deepEqual(problemsOf('kind: !!kind Mirror\n').map(brief), [
      '1:7 syntax Unresolved tag: tag:yaml.org,2002:kind',
    ])
  })

  it('a file that grows without bounds by its aliases', () => {
    const levels = Array.from({ length: 12 }, (_, at) => {
      const items =
        at === 0
          ? 'x, x'
          : Array(10)
              .fill(`*a${at - 1}`)
              .join(', ')
      return `a${at}: &a${at} [${items}]\n`
    })
    assert.ok(
      problemsOf(`kind: Mirror\n${levels.join('')}`).some(problem => /more values/.test(problem.message)),
    )
  })

  it('a file that is nested without end', () => {
    for (const depth of [300, 20_000]) {
      const text = `kind: Mirror\ntargets: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
      assert.ok(problemsOf(text).some(problem => problem.kind === 'syntax'))
    }
  })

  it('a Mirror where an image set is asked for, and the other way round', () => {
    assert.deepEqual(problemsOf('kind: Mirror\n', parseImageSet).map(brief), [
      '1:7 schema the kind is "Mirror", not ImageSetConfiguration',
    ])
    assert.throws(
      () => parseMirrorFile({ path: 'f.yaml', text: 'kind: ImageSetConfiguration\nmirror: {}\n' }),
      /the kind is "ImageSetConfiguration", not Mirror/,
    )
  })
})

describe('a configuration', () => {
  it('is told apart by its kind', () => {
    const imageSet = 'apiVersion: any.example/v9\nkind: ImageSetConfiguration\nmirror: {}\n'
    const mirror =
      'apiVersion: mirrorform.dev/v1alpha1\nkind: Mirror\nimageSets: [a.yaml]\ntargets: [{name: a, to: docker://r}]\n'
    assert.equal(parseConfiguration({ path: 'f', text: imageSet }).kind, 'ImageSetConfiguration')
    assert.equal(parseConfiguration({ path: 'f', text: mirror }).kind, 'Mirror')
  })

  it('may begin with --- and end with an empty document', () => {
    parseConfiguration({ path: 'f', text: '---\nkind: ImageSetConfiguration\nmirror: {}\n---\n' })
  })

  it('in which merged keys repeat is taken as YAML says: what is written wins, then the earlier source', () => {
    const text = `kind: ImageSetConfiguration
mirror:
  additionalImages:
  - &a {name: quay.io/a:1, targetRepo: a}
  - &b {name: quay.io/b:1, targetRepo: b, targetTag: b}
  - {<<: [*a, *b], name: quay.io/c:1}
`
    const configuration = parseConfiguration({ path: 'f', text })
    assert.equal(configuration.kind, 'ImageSetConfiguration')
    if (configuration.kind !== 'ImageSetConfiguration') return
    const { name, targetRepo, targetTag } = configuration.imageSet.additionalImages[2] ?? {}
    assert.deepEqual([name, targetRepo, targetTag], ['quay.io/c:1', 'a', 'b'])
  })
})
