import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { bundle, type Json, lines, PACKAGE, read, WIDGET } from './testing/widget-catalog.ts'

describe('the model of a catalog', () => {
  it('has packages, channels and bundles as the documents say it', () => {
    const { model } = read({ 'widget/catalog.json': lines(WIDGET) })
    const [widget] = model.packages
    assert.equal(model.packages.length, 1)
    assert.equal(widget?.name, 'widget')
    assert.equal(widget.defaultChannel, 'stable')
    assert.deepEqual(widget.channels, [
      {
        name: 'stable',
        entries: [
          {
            name: 'widget.v1.1.0',
            replaces: 'widget.v1.0.0',
            skips: ['widget.v1.0.1'],
            skipRange: '>=1.0.0 <1.1.0',
          },
          { name: 'widget.v1.0.0', skips: [] },
        ],
      },
    ])
    assert.deepEqual([...widget.bundles.keys()], ['widget.v1.0.0', 'widget.v1.1.0'])
    assert.deepEqual(widget.bundles.get('widget.v1.1.0'), {
      name: 'widget.v1.1.0',
      version: '1.1.0',
      image: 'registry.example/widget-bundle:1.1.0',
      relatedImages: [
        { name: 'app', image: 'registry.example/widget:1' },
        { name: '', image: 'registry.example/side:1' },
      ],
    })
    assert.deepEqual(
      widget.deprecations.map(({ what, message }) => [what.schema, message]),
      [
        ['olm.bundle', 'too old'],
        ['olm.channel', 'use stable'],
        ['olm.package', 'use gadget'],
      ],
    )
  })

  it('lists the bundle image among related images only where the catalog does', () => {
    const image = 'registry.example/b:1'
    const listed = bundle('1.0.0', { image, relatedImages: [{ name: '', image }] })
    const { model } = read({ a: lines([PACKAGE, listed, bundle('1.1.0', { image, relatedImages: null })]) })
    const related = [...(model.packages[0]?.bundles.values() ?? [])].map(each => each.relatedImages)
    assert.deepEqual(related, [[{ name: '', image }], []])
  })

  it('does not depend on how documents are divided into files, on their order, or on JSON or YAML', () => {
    const gadget: readonly Json[] = [
      { schema: 'olm.package', name: 'gadget' },
      { schema: 'olm.channel', package: 'gadget', name: 'beta', entries: [] },
      { schema: 'olm.channel', package: 'gadget', name: 'alpha' },
      { schema: 'example.note', text: 'kept' },
    ]
    const all = [...WIDGET, ...gadget]
    const expected = read({ 'catalog.json': lines(all) }).model
    const split = fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.nat(4), { minLength: all.length, maxLength: all.length }),
    )
    fc.assert(
      fc.property(split, ([documents, places]) => {
        const files: Record<string, string> = {}
        for (const [at, document] of documents.entries()) {
          const place = places[at] ?? 0
          const text = place > 2 ? `---\n${stringify(document)}` : lines([document])
          files[`f${place}`] = (files[`f${place}`] ?? '') + text
        }
        assert.deepEqual(read(files).model, expected)
      }),
    )
  })
})

describe('the documents of a catalog', () => {
  it('are kept to the letter, those of unknown schemas and of no package too', () => {
    const odd = '{ "schema" : "example.note","n":1.0,\n  "big": 123456789012345678901 }'
    const owned = '{"schema":"example.note","package":"widget","name":"x"}'
    const { documents } = read({
      'b.json': `${lines([PACKAGE])}\n${odd}${owned}`,
      'a.yaml': 'schema: example.note\nn: 1.0\n',
    })
    assert.deepEqual(
      documents.map(({ schema, package: owner, name, file, line }) => [
        schema,
        owner,
        name,
        `${file}:${line}`,
      ]),
      [
        ['example.note', '', '', 'a.yaml:1'],
        ['olm.package', 'widget', 'widget', 'b.json:1'],
        ['example.note', '', '', 'b.json:3'],
        ['example.note', 'widget', 'x', 'b.json:4'],
      ],
    )
    assert.deepEqual(
      documents.map(document => document.text()),
      ['{"schema":"example.note","n":1.0}', JSON.stringify(PACKAGE), odd, owned],
    )
  })

  it('come from files of any name, less those that .indexignore names', () => {
    const files = {
      x: lines([PACKAGE]),
      '.indexignore': '*.md\n',
      'README.md': '# not a document',
      'd/.indexignore': 'old',
      'd/old': '{',
    }
    assert.equal(read(files).documents.length, 1)
  })
})
