/** Where problems say they are, how they are printed, and what they advise. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ConfigError, type Problem, parseConfiguration, parseImageSet } from './index.ts'
import { shownLine } from './shown-line.ts'

function problemsOf(text: string): readonly Problem[] {
  try {
    parseConfiguration({ path: 'f.yaml', text })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('a problem', () => {
  it('is printed with its place, its line, a caret and its hint', () => {
    const text = 'kind: ImageSetConfiguration\nmirror:\n  aditionalImages: []\n'
    assert.throws(() => parseImageSet({ path: 'isc.yaml', text }), {
      name: 'ConfigError',
      message: [
        'isc.yaml:3:3: unknown key "aditionalImages" in mirror',
        '  3 |   aditionalImages: []',
        '    |   ^',
        '  Hint: did you mean "additionalImages"?',
      ].join('\n'),
    })
  })

  const SECRET_LINES = [
    '      - url: ftp://bob:hunter2@h.example/charts',
    '      - url: https://bob:hunter/hunter2@h.example/charts',
    '      - url: ftp://h.example/charts?token=hunter2',
    '      - url: oci://h.example/charts?token=hunter2',
    '      - url: oci://bob:hunter2@h.example/charts',
    '      - password: hunter2',
    '      - {"auth": "hunter2"}',
  ]
  for (const line of SECRET_LINES)
    it(`repeats no secret of ${line.trim()}`, () => {
      const text = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:\n  helm:\n    repositories:\n${line}\n`
      assert.throws(
        () => parseImageSet({ path: 'f', text }),
        (error: Error) =>
          error instanceof ConfigError &&
          !`${error.message} ${JSON.stringify(error.problems)}`.includes('hunter2'),
      )
    })

  it('in a very long line is shown with the part around it, and without control characters', () => {
    const text = `{kind: ImageSetConfiguration, mirror: {}, a\u001b[31m: 1, ${'a'.repeat(500)}: 1}`
    assert.throws(
      () => parseImageSet({ path: 'f', text }),
      (error: Error) =>
        error.message.split('\n').every(line => line.length < 600 && !line.includes('\u001b[31m: 1')),
    )
  })

  it('always has a position inside of the file', () => {
    const word = fc.constantFrom(
      ...[
        'kind',
        'mirror',
        'ImageSetConfiguration',
        'Mirror',
        'additionalImages',
        'name',
        'targets',
        'a',
        '4.20',
      ],
      ...[
        ': ',
        '\n',
        '\n  ',
        '\n- ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&a ',
        '*a',
        '<<: ',
        '|',
        '\t',
        '#',
        ', ',
      ],
      ...['---\n', '!t ', '\r\n', '? ', '%', '@', 'é', '\ufeff', 'null', '://', '@sha256:'],
    )
    const text = fc.oneof(
      fc.array(word, { maxLength: 40 }).map(words => words.join('')),
      fc.string(),
    )
    const head = fc.constantFrom(
      '',
      'kind: ImageSetConfiguration\nmirror:\n  additionalImages:\n',
      'kind: Mirror\n',
    )
    fc.assert(
      fc.property(head, text, (start, rest) => {
        const lines = `${start}${rest}`.replace(/^\ufeff/, '').split('\n')
        for (const { line, column, snippet, message } of problemsOf(`${start}${rest}`)) {
          const found = lines[line - 1]
          assert.ok(found !== undefined, `line ${line} of ${lines.length}: ${message}`)
          assert.ok(
            column >= 1 && column <= found.length + 1,
            `column ${column} of ${found.length}: ${message}`,
          )
          assert.equal(snippet, shownLine(found.replace(/\r$/, '')))
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the hint of a problem', () => {
  const HINTS: readonly (readonly [body: string, hint: RegExp])[] = [
    ['mirror:\n  aditionalImages: []\n', /^did you mean "additionalImages"\?$/],
    ['mirror:\n  additionalimages: []\n', /^upper and lower case matter: write "additionalImages"$/],
    ['mirror: {}\nblockedImages: []\n', /^it belongs to mirror; check the indentation$/],
    ['mirror:\n  archiveSize: 4\n', /^it belongs to the top of the file/],
    ['mirror:\n  zzzzzz: 4\n', /^known keys here: platform, operators, additionalImages/],
    ['mirror:\n  additionalImages: [{name: a, targetTag: 4.20}]\n', /^put it in quotes: "4.20"$/],
    ['mirror:\n  additionalImages: [quay.io/a]\n', /^write "name: quay.io\/a"$/],
    ['archiveSize: "4"\nmirror: {}\n', /^leave out the quotes$/],
    ['archiveSize: "{{ size }}"\nmirror: {}\n', /template/],
    ['mirror:\n  platform: {graph: yes}\n', /^write true$/],
    ['storageConfig: {}\nmirror: {}\n', /^delete it/],
    ['archiveSize: 1\n', /^mirror: What to mirror\.$/],
  ]
  for (const [body, hint] of HINTS)
    it(`for ${JSON.stringify(body)} matches ${hint}`, () => {
      const hints = problemsOf(`kind: ImageSetConfiguration\n${body}`).flatMap(problem => problem.hint ?? [])
      assert.ok(
        hints.some(text => hint.test(text)),
        hints.join('\n'),
      )
    })
})
