import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hintOf, PlanError } from '../../../errors.ts'
import { CatalogError } from './catalog-error.ts'
import { bundle, CHANNEL, type Json, lines, PACKAGE, read, WIDGET } from './testing/widget-catalog.ts'

function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  try {
    read(files)
    return []
  } catch (error) {
    assert.ok(error instanceof CatalogError && error instanceof PlanError && hintOf(error))
    return error.problems.map(({ file, line, text }) => `${file}:${line}: ${text}`)
  }
}

describe('a problem of a catalog is told with its file and line:', () => {
  const rows: readonly (readonly [what: string, documents: readonly Json[], problem: string])[] = [
    ['a document without schema', [PACKAGE, { name: 'x' }], 'f:2: the document has no schema'],
    [
      'a name that is no text',
      [{ schema: 'olm.package', name: 5.1 }],
      'f:1: name is 5.1, which is no text; write it in quotes',
    ],
    [
      'a name of several lines',
      [PACKAGE, { schema: 'olm.package', name: 'gadget\nPlan: nothing' }],
      'f:2: name has control characters: "gadget\\nPlan: nothing"',
    ],
    ['a package without a name', [{ schema: 'olm.package' }], 'f:1: a package without a name'],
    [
      'a package that is there twice',
      [PACKAGE, PACKAGE],
      'f:2: package "widget" is there twice; first at f:1',
    ],
    [
      'a channel that is there twice',
      [PACKAGE, CHANNEL, CHANNEL],
      'f:3: channel "stable" of package "widget" is there twice; first at f:2',
    ],
    [
      'a bundle that is there twice',
      [PACKAGE, bundle('1.0.0'), bundle('1.0.0')],
      'f:3: bundle "widget.v1.0.0" of package "widget" is there twice; first at f:2',
    ],
    [
      'an entry that is there twice',
      [PACKAGE, { ...CHANNEL, entries: [{ name: 'a' }, { name: 'a' }] }],
      'f:2: channel "stable" of package "widget" has the entry "a" twice',
    ],
    [
      'an entry without a name',
      [PACKAGE, { ...CHANNEL, entries: [{ replaces: 'a' }] }],
      'f:2: channel "stable" of package "widget": entries[0] has no name',
    ],
    [
      'skips that are no list',
      [PACKAGE, { ...CHANNEL, entries: [{ name: 'a', skips: 'b' }] }],
      'f:2: channel "stable" of package "widget": entries[0]: skips is no list of names',
    ],
    ['a channel without a name', [PACKAGE, { ...CHANNEL, name: '' }], 'f:2: a channel without a name'],
    [
      'a channel of no package',
      [PACKAGE, { ...CHANNEL, package: undefined }],
      'f:2: channel "stable" names no package',
    ],
    [
      'a channel of an unknown package',
      [CHANNEL],
      'f:1: channel "stable" is of package "widget", which the catalog does not have (1 channels and 0 bundles name it)',
    ],
    [
      'a bundle of an unknown package',
      [bundle('1.0.0')],
      'f:1: bundle "widget.v1.0.0" is of package "widget", which the catalog does not have (0 channels and 1 bundles name it)',
    ],
    [
      'a bundle without version',
      [PACKAGE, bundle('1.0.0', { properties: [] })],
      'f:2: bundle "widget.v1.0.0" in package "widget" has no package property',
    ],
    [
      'a bundle with two versions',
      [
        PACKAGE,
        bundle('1.0.0', {
          properties: ['1.0.0', '1.0.1'].map(version => ({
            type: 'olm.package',
            value: { packageName: 'widget', version },
          })),
        }),
      ],
      'f:2: bundle "widget.v1.0.0" in package "widget" has 2 package properties',
    ],
    [
      'a bundle of another package',
      [
        PACKAGE,
        bundle('1.0.0', {
          properties: [{ type: 'olm.package', value: { packageName: 'gadget', version: '1.0.0' } }],
        }),
      ],
      'f:2: bundle "widget.v1.0.0" in package "widget" says in its package property that it is of "gadget"',
    ],
    [
      'an image that is no text',
      [PACKAGE, bundle('1.0.0', { image: 7 })],
      'f:2: bundle "widget.v1.0.0" in package "widget" has an image that is no text',
    ],
    [
      'a related image that is none',
      [PACKAGE, bundle('1.0.0', { relatedImages: [{ name: 'x' }] })],
      'f:2: bundle "widget.v1.0.0" in package "widget" has no image in relatedImages[0]',
    ],
    [
      'deprecations of nothing',
      [{ schema: 'olm.deprecations', entries: [] }],
      'f:1: deprecations that name no package',
    ],
  ]
  for (const [what, documents, problem] of rows)
    it(what, () => {
      assert.deepEqual(problemsOf({ f: lines(documents) }), [problem])
    })

  const versions: readonly (readonly [version: string, isStrict: boolean])[] = [
    ['1.0', false],
    ['v1.0.0', false],
    ['01.0.0', false],
    ['1.0.0-01', false],
    [' 1.0.0', false],
    ['1.0.0-', false],
    ['1.0.0-rc.1', true],
    ['1.42.0-5-0.1687199951.p', true],
    ['4.17.0-202409161407', true],
    ['2.0.0-a+b.01', true],
    ['1.0.0+0.1', true],
  ]
  for (const [version, isStrict] of versions)
    it(`the version "${version}" ${isStrict ? 'is none' : 'is one'}`, () => {
      const [problem] = problemsOf({ f: lines([PACKAGE, bundle(version)]) })
      if (isStrict) assert.equal(problem, undefined)
      else
        assert.match(
          problem ?? '',
          /^f:2: bundle ".*" in package "widget" has the version ".*", which is not semantic/,
        )
    })

  it('bad JSON and bad YAML in one package of many, at the line inside the file', () => {
    const files = {
      'a/catalog.json': lines(WIDGET),
      'b/catalog.json': `{"schema":"olm.package",\n "name":"b"}\n{"schema":"olm.channel",\n "name":}\n{"schema":"x"}\n{"schema"`,
      'c/catalog.yaml': `---\nschema: olm.package\nname: c\n---\nschema: olm.channel\nname: "x\n---\n- a\n`,
      'd/catalog.json': '\n[]',
    }
    assert.deepEqual(
      problemsOf(files).map(text => text.replace(/(not YAML: ).*/, '$1')),
      [
        'b/catalog.json:4: not JSON: "}" where a value should be',
        'b/catalog.json:6: not JSON: it ends where ":" should be',
        'c/catalog.yaml:6: not YAML: ',
        'c/catalog.yaml:8: a list where a document with a schema should be',
      ].concat(problemsOf({ 'd/catalog.json': '\n[]' })),
    )
  })

  it('all of them together, the first twenty in full and the rest as a number', () => {
    const files = { f: lines(Array.from({ length: 25 }, () => ({ name: 'x' }))) }
    assert.equal(problemsOf(files).length, 25)
    assert.throws(
      () => read(files),
      (error: unknown) => {
        assert.ok(error instanceof CatalogError)
        assert.match(error.message, /^C: 25 problems:\n {2}f:1: .*\n(?: {2}f:\d+: .*\n){19} {2}and 5 more$/)
        return true
      },
    )
    assert.throws(() => read({ f: '{}' }), /^CatalogError: C: f:1: the document has no schema$/)
  })
})
