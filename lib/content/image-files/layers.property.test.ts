import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { entryPath } from './entry-path.ts'
import { readImageFiles } from './read-image-files.ts'
import { type ArchiveEntry, archiveOf, imageOf, SIGNAL, textsOf } from './testing/archives.ts'

const QUERY = { wanted: () => true, maxFileBytes: 1000, maxTotalBytes: 100_000 }

/** A file system as a runtime unpacks layers into it: from the bottom up, entry by entry. */
class Unpacked {
  readonly #nodes = new Map<string, string | undefined>()

  /** A folder has no text. */
  get files(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#nodes].flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
    )
  }

  /** Whiteouts first: they are about what lower layers left. */
  apply(layer: readonly ArchiveEntry[]): void {
    for (const entry of layer) {
      const whiteout = 'file' in entry ? /^(.*\/)?\.wh\.(.+)$/.exec(entry.file) : null
      if (whiteout === null) continue
      const folder = whiteout[1] ?? ''
      this.#remove(whiteout[2] === '.wh..opq' ? folder : `${folder}${whiteout[2]}`)
    }
    for (const entry of layer) {
      if ('file' in entry && !entry.file.includes('.wh.')) this.#put(entry.file, entry.text ?? '')
      if ('folder' in entry) this.#put(entry.folder, undefined)
    }
  }

  #put(path: string, text: string | undefined): void {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) this.#makeFolder(parts.slice(0, depth).join('/'))
    if (text === undefined) this.#makeFolder(path)
    else {
      this.#remove(path)
      this.#nodes.set(path, text)
    }
  }

  #makeFolder(path: string): void {
    if (this.#nodes.get(path) !== undefined) this.#remove(path)
    this.#nodes.set(path, undefined)
  }

  /** With a slash at the end (or empty): only what is below. */
  #remove(path: string): void {
    const below = path === '' || path.endsWith('/') ? path : `${path}/`
    for (const known of [...this.#nodes.keys()])
      if (known === path || known.startsWith(below)) this.#nodes.delete(known)
  }
}

/** Few names, so that layers meet each other. */
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map(parts => parts.join('/'))
const inFolder = (name: string) =>
  fc.option(path, { nil: undefined }).map(folder => (folder === undefined ? name : `${folder}/${name}`))
const entry: fc.Arbitrary<ArchiveEntry> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ file: path, text: fc.string({ minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ folder: path }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('.wh.a', '.wh.b', '.wh.c')
      .chain(inFolder)
      .map(file => ({ file })),
  },
  { weight: 1, arbitrary: inFolder('.wh..wh..opq').map(file => ({ file })) },
)
const layers = fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 4 })

it('an image read from its top layer down has the files that unpacking from the bottom up leaves', async () => {
  await fc.assert(
    fc.asyncProperty(layers, async all => {
      const unpacked = new Unpacked()
      for (const layer of all) unpacked.apply(layer)
      const { reader, manifest } = imageOf(all.map(archiveOf))
      assert.deepEqual(textsOf(await readImageFiles(reader, manifest, QUERY, SIGNAL)), unpacked.files)
    }),
    { numRuns: 300 },
  )
})

it('a path in an image never leads out of it and has one form', () => {
  const names = fc.array(fc.constantFrom('a', '..', '.', '', 'b c', '...'), { maxLength: 8 })
  fc.assert(
    fc.property(names, parts => {
      const found = entryPath(parts.join('/'))
      if (found === undefined) return assert.ok(parts.includes('..'))
      assert.ok(!found.split('/').some(part => part === '..' || part === '.') && !found.startsWith('/'))
      assert.equal(entryPath(`/${found}/`), found)
    }),
  )
})
