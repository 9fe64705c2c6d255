import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printable, visibleWidth } from './fit.ts'
import { alignTable } from './table.ts'

const rows = [
  [{ text: 'ubi9/ubi:latest' }, { text: '1.0 MiB' }, { text: 'registry.redhat.io/ubi9/ubi:latest' }],
  [{ text: 'a:1' }, { text: '22.0 KiB' }],
]
const columns = [
  { shorten: 'middle', min: 8 },
  { align: 'right' },
  { shorten: 'middle', min: 12, optional: true },
] as const

test('cells stand below each other and lines end without spaces', () => {
  assert.deepEqual(alignTable(rows, { columns, width: 100, indent: 2 }), [
    '  ubi9/ubi:latest   1.0 MiB  registry.redhat.io/ubi9/ubi:latest',
    '  a:1              22.0 KiB',
  ])
})

test('in a narrow terminal columns are shortened before any is left out', () => {
  assert.deepEqual(alignTable(rows, { columns, width: 44, indent: 2 }), [
    '  ubi9/ubi:latest   1.0 MiB  regis…bi:latest',
    '  a:1              22.0 KiB',
  ])
  assert.deepEqual(alignTable(rows, { columns, width: 20, indent: 2 }), [
    '  ub…atest   1.0 MiB',
    '  a:1       22.0 KiB',
  ])
})

test('where the lines would be too wide, every cell that has a brief text shows that', () => {
  const told = [
    [
      { text: 'release 4.16.8 (x86_64), channel stable-4.16', brief: 'release 4.16.8 (x86_64)' },
      { text: '3' },
    ],
    [{ text: 'a:1' }, { text: '1.0 MiB to copy, 2.0 MiB already there', brief: '1.0 MiB to copy' }],
  ]
  const wide = { columns: columns.slice(0, 2), width: 84 }
  assert.deepEqual(
    alignTable(told, wide).map(line => line.trimEnd().length),
    [84, 84],
  )
  assert.deepEqual(alignTable(told, { ...wide, width: 83 }), [
    'release 4.16.8 (x86_64)                3',
    'a:1                      1.0 MiB to copy',
  ])
})

test('wide characters count as the columns they take', () => {
  assert.deepEqual(
    alignTable(
      [
        [{ text: '日本' }, { text: 'x' }],
        [{ text: 'abcd' }, { text: 'y' }],
      ],
      {
        columns: [{}, {}],
        width: 80,
      },
    ),
    ['日本  x', 'abcd  y'],
  )
})

test('no line is wider than the terminal as long as a column of each cell fits', () => {
  const cell = fc.record({
    text: fc.string({ unit: 'grapheme' }).map(text => printable(text).replaceAll('\n', '')),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 8, max: 80 }), (cells, width) => {
      for (const line of alignTable(cells, { columns, width })) assert.ok(visibleWidth(line) <= width, line)
    }),
  )
})
