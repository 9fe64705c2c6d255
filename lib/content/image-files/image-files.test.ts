import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { readImageFiles } from './read-image-files.ts'
import { type ArchiveEntry, archiveOf, imageOf, SIGNAL, textsOf } from './testing/archives.ts'

const LIMITS = { maxFileBytes: 1000, maxTotalBytes: 10_000 }
const ALL = { ...LIMITS, wanted: () => true }

type Layers = readonly (readonly ArchiveEntry[])[]
type Row = readonly [rule: string, layers: Layers, files: Readonly<Record<string, string>>]

/** Layers from the bottom up, as a manifest lists them. */
const ROWS: readonly Row[] = [
  ['a file of one layer', [[{ file: 'etc/a', text: '1' }]], { 'etc/a': '1' }],
  ['an upper file hides a lower one', [[{ file: 'a', text: '1' }], [{ file: 'a', text: '2' }]], { a: '2' }],
  [
    'leading slashes, dots and double slashes do not count',
    [
      [
        { file: '/etc//./a', text: '1' },
        { file: './b', text: '2' },
        { file: 'x/../c', text: '3' },
      ],
    ],
    { 'etc/a': '1', b: '2', c: '3' },
  ],
  [
    'a whiteout removes a file of a lower layer',
    [
      [
        { file: 'd/a', text: '1' },
        { file: 'd/b', text: '2' },
      ],
      [{ file: 'd/.wh.a' }],
    ],
    { 'd/b': '2' },
  ],
  [
    'a whiteout says nothing of its own layer, whichever comes first',
    [[{ file: 'a', text: '1' }, { file: '.wh.a' }, { file: '.wh.b' }, { file: 'b', text: '2' }]],
    { a: '1', b: '2' },
  ],
  [
    'a whiteout of a folder removes all below it',
    [
      [
        { file: 'x/y/a', text: '1' },
        { file: 'xy', text: '2' },
      ],
      [{ file: '.wh.x' }],
    ],
    { xy: '2' },
  ],
  [
    'an opaque folder keeps what its own layer has',
    [
      [
        { file: 'd/a', text: '1' },
        { file: 'd/e/c', text: '1' },
      ],
      [{ file: 'd/b', text: '2' }, { file: 'd/.wh..wh..opq' }],
    ],
    { 'd/b': '2' },
  ],
  ['an opaque root removes everything', [[{ file: 'a/b', text: '1' }], [{ file: '.wh..wh..opq' }]], {}],
  [
    'a file in a layer above the whiteout is there again',
    [[{ file: 'a', text: '1' }], [{ file: '.wh.a' }], [{ file: 'a', text: '3' }]],
    { a: '3' },
  ],
  [
    'a file in place of a folder hides what was in it',
    [[{ file: 'd/a', text: '1' }], [{ file: 'd', text: '2' }]],
    { d: '2' },
  ],
  [
    'a folder in place of a file hides it',
    [[{ file: 'd', text: '1' }], [{ file: 'd/a', text: '2' }]],
    { 'd/a': '2' },
  ],
  [
    'a folder that was a file in between shows nothing from before',
    [[{ file: 'd/a', text: '1' }], [{ file: 'd', text: '2' }], [{ folder: 'd' }]],
    {},
  ],
  [
    'the last of two entries counts',
    [
      [
        { file: 'a', text: '1' },
        { file: 'a', text: '2' },
      ],
    ],
    { a: '2' },
  ],
  [
    'what lay in a folder is gone when a later entry of the layer is a file there',
    [
      [
        { file: 'd/a', text: '1' },
        { file: 'd', text: '2' },
        { file: 'd/b', text: '3' },
      ],
    ],
    { 'd/b': '3' },
  ],
  [
    'devices and pipes are no files, and hide what lay there',
    [[{ file: 'dev/null', text: '1' }], [{ special: 'dev/null' }]],
    {},
  ],
  [
    'notes of aufs mean nothing',
    [[{ file: 'a', text: '1' }], [{ file: '.wh..wh.plnk/1.2' }, { file: '.wh..wh.aufs' }]],
    { a: '1' },
  ],
]

describe('the files of an image', () => {
  for (const [rule, layers, files] of ROWS)
    it(`are as its layers leave them: ${rule}`, async () => {
      const { reader, manifest } = imageOf(layers.map(entries => archiveOf(entries)))
      assert.deepEqual(textsOf(await readImageFiles(reader, manifest, ALL, SIGNAL)), files)
    })

  it('are the same however a layer is compressed, whatever its media type says', async () => {
    const tar = archiveOf([{ file: 'a', text: '1' }])
    for (const stored of [
      tar,
      gzipSync(tar),
      zstdCompressSync(tar),
      Buffer.concat([gzipSync(tar), Buffer.alloc(99)]),
    ]) {
      const { reader, manifest } = imageOf([stored])
      assert.deepEqual(textsOf(await readImageFiles(reader, manifest, ALL, SIGNAL)), { a: '1' })
    }
  })

  it('may have names longer than a tar header holds', async () => {
    const name = `${'deep/'.repeat(40)}ünï ${'n'.repeat(120)}`
    const { reader, manifest } = imageOf([archiveOf([{ file: name, text: '1' }])])
    assert.deepEqual(textsOf(await readImageFiles(reader, manifest, ALL, SIGNAL)), { [name]: '1' })
  })

  it('are read no further down than needed', async () => {
    const { reader, manifest, opened } = imageOf([
      archiveOf([{ file: 'a', text: '0' }]),
      archiveOf([{ file: 'a', text: '1' }]),
      archiveOf([{ file: 'b', text: '2' }, { file: '.wh.gone' }]),
    ])
    const query = { ...ALL, until: ['a', 'b', 'gone'] }
    assert.deepEqual(textsOf(await readImageFiles(reader, manifest, query, SIGNAL)), { a: '1', b: '2' })
    assert.deepEqual(opened, [2, 1])
  })

  it('leave everything but the wanted ones unread', async () => {
    const { reader, manifest } = imageOf([
      archiveOf([
        { file: 'big', text: 'x'.repeat(100_000) },
        { file: 'a', text: '1' },
      ]),
    ])
    const query = { ...LIMITS, wanted: (path: string) => path === 'a' }
    assert.deepEqual(textsOf(await readImageFiles(reader, manifest, query, SIGNAL)), { a: '1' })
  })
})

describe('links in an image', () => {
  const wantsA = { ...LIMITS, wanted: (path: string) => path === 'a' }
  const rows: readonly (readonly [string, Layers, Readonly<Record<string, string>>])[] = [
    [
      'a link to a file beside it',
      [
        [
          { file: 'b', text: '1' },
          { symlink: 'a', to: 'b' },
        ],
      ],
      { a: '1' },
    ],
    [
      'a link to a file of a lower layer',
      [[{ file: 'x/b', text: '1' }], [{ symlink: 'a', to: '/x/b' }]],
      { a: '1' },
    ],
    [
      'links by way of a folder that is a link',
      [
        [
          { file: 'usr/lib/b', text: '1' },
          { symlink: 'lib', to: 'usr/lib' },
        ],
        [{ symlink: 'a', to: './lib/../lib/b' }],
      ],
      { a: '1' },
    ],
    ['a link to nothing', [[{ symlink: 'a', to: 'nowhere' }]], {}],
    ['a link to a folder', [[{ folder: 'd' }, { symlink: 'a', to: 'd' }]], {}],
    [
      'a link to what a layer above took away',
      [
        [
          { file: 'b', text: '1' },
          { symlink: 'a', to: 'b' },
        ],
        [{ file: '.wh.b' }],
      ],
      {},
    ],
    [
      'a hard link',
      [
        [
          { file: 'b', text: '1' },
          { link: 'a', to: './b' },
        ],
      ],
      { a: '1' },
    ],
    [
      'a hard link to a file that a later entry or layer replaced keeps its content',
      [
        [
          { file: 'b', text: '1' },
          { link: 'a', to: 'b' },
          { file: 'b', text: '2' },
        ],
        [{ file: 'b', text: '3' }],
      ],
      { a: '1' },
    ],
    [
      'a hard link to a file of a lower layer',
      [[{ file: 'b', text: '1' }], [{ link: 'a', to: 'b' }]],
      { a: '1' },
    ],
  ]
  for (const [what, layers, files] of rows)
    it(`lead to the file they name: ${what}`, async () => {
      const { reader, manifest } = imageOf(layers.map(entries => archiveOf(entries)))
      assert.deepEqual(textsOf(await readImageFiles(reader, manifest, wantsA, SIGNAL)), files)
    })

  it('lead through folders that are links, for files that are named', async () => {
    const { reader, manifest } = imageOf([
      archiveOf([
        { file: 'real/x', text: '1' },
        { symlink: 'configs', to: 'real' },
      ]),
    ])
    const query = { ...ALL, wanted: (path: string) => path.startsWith('configs/'), until: ['configs/x'] }
    assert.deepEqual(textsOf(await readImageFiles(reader, manifest, query, SIGNAL)), { 'configs/x': '1' })
  })
})
