import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { extract } from 'tar-stream'
import { digestOf } from '../../oci/digest.ts'
import { compareText } from '../../target.ts'
import { ImageFault } from '../image-files/image-fault.ts'
import { readImageFiles } from '../image-files/read-image-files.ts'
import { imageOf, SIGNAL, textsOf } from '../image-files/testing/archives.ts'
import { buildLayer, type LayerFile, type MadeLayer } from './build-layer.ts'

const file = (path: string, text = '', mode?: number): LayerFile => ({
  path,
  bytes: Buffer.from(text),
  ...(mode !== undefined && { mode }),
})

async function headersOf(layer: MadeLayer) {
  const reader = extract()
  reader.end(gunzipSync(layer.bytes))
  const headers = []
  for await (const entry of reader) {
    headers.push(entry.header)
    entry.resume()
  }
  return headers
}

const names = fc.stringMatching(/^[a-zA-Zäß_-][a-zA-Z0-9äß ._-]{0,60}$/).filter(name => !name.startsWith('.'))
const paths = fc.array(names, { minLength: 1, maxLength: 6 }).map(parts => parts.join('/'))
/** Files none of which lies below another. */
const someFiles = fc
  .dictionary(paths, fc.string({ maxLength: 2000 }), { maxKeys: 12, noNullPrototype: true })
  .map(found => {
    const entries = Object.entries(found)
    return entries.filter(
      ([path]) => !entries.some(([other]) => other !== path && path.startsWith(`${other}/`)),
    )
  })

describe('a layer that mirrorform makes', () => {
  it('gives its files back, and has the same digest in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(someFiles, async entries => {
        const files = entries.map(([path, text]) => file(path, text))
        const layer = buildLayer(files)
        assert.deepEqual(buildLayer(files.toReversed()), layer)
        const { reader, manifest } = imageOf([layer.bytes])
        const all = { wanted: () => true, maxFileBytes: 10_000, maxTotalBytes: 100_000 }
        const read = textsOf(await readImageFiles(reader, manifest, all, SIGNAL))
        assert.deepEqual(new Map(Object.entries(read)), new Map(entries))
      }),
      { numRuns: 60 },
    )
  })

  it('has this digest, on every machine', () => {
    const layer = buildLayer([
      file('configs/a/catalog.json', '{"schema":"olm.package"}\n'.repeat(1000)),
      file(`${'long-name/'.repeat(20)}ünï`, 'x'),
      file('bin/run', '#!/bin/sh\n', 0o755),
      file('.wh.old'),
    ])
    assert.equal(layer.digest, digestOf(layer.bytes))
    assert.equal(layer.diffId, digestOf(gunzipSync(layer.bytes)))
    assert.equal(layer.size, layer.bytes.length)
    assert.deepEqual(
      [layer.digest, layer.diffId],
      [
        'sha256:c68868c821eaa5bb8d06e0eb45166efec438dd66538fb4f68c87b76b6efa1e6b',
        'sha256:97fc2a3d412d9b326f4e3bbf5a0fb569ad8d6419cf2ed401e2227792aade8435',
      ],
    )
  })

  it('names each folder once before what is in it, all of root, from 1970, in the order of paths', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`
    const layer = buildLayer([
      file('b/c/x', '1', 0o700),
      file('/b/./a', '22'),
      file('a', '', 0o600),
      file(long),
    ])
    const headers = await headersOf(layer)
    assert.deepEqual(
      headers.map(({ name, type, mode, size }) => [name.replace(/\/$/, ''), type, mode, size]),
      [
        ['a', 'file', 0o644, 0],
        ['b', 'directory', 0o755, 0],
        ['b/a', 'file', 0o644, 2],
        ['b/c', 'directory', 0o755, 0],
        ['b/c/x', 'file', 0o755, 1],
        ['d'.repeat(90), 'directory', 0o755, 0],
        [`${'d'.repeat(90)}/${'e'.repeat(90)}`, 'directory', 0o755, 0],
        [long, 'file', 0o644, 0],
      ],
    )
    for (const { uid, gid, uname, gname, mtime } of headers)
      assert.deepEqual([uid, gid, uname, gname, mtime.getTime()], [0, 0, '', '', 0])
    const order = headers.map(({ name }) => name.replace(/\/$/, ''))
    assert.deepEqual(order, order.toSorted(compareText))
  })

  it('leaves folders for temporary files open to everybody: its mode is the one an image has in the end', async () => {
    const headers = await headersOf(buildLayer([file('tmp/.wh.cache'), file('var/tmp/x'), file('x/tmp/y')]))
    const folders = headers.filter(({ type }) => type === 'directory')
    assert.deepEqual(
      folders.map(({ name, mode }) => [name.replace(/\/$/, ''), mode]),
      [
        ['tmp', 0o1777],
        ['var', 0o755],
        ['var/tmp', 0o1777],
        ['x', 0o755],
        ['x/tmp', 0o755],
      ],
    )
  })

  it('takes what lower layers have away by whiteouts, which are empty files', async () => {
    const { reader, manifest } = imageOf([
      buildLayer([file('configs/old', '1'), file('etc/kept', '2')]).bytes,
      buildLayer([file('.wh.configs')]).bytes,
      buildLayer([file('configs/new', '3')]).bytes,
    ])
    const all = { wanted: () => true, maxFileBytes: 100, maxTotalBytes: 100 }
    const files = await readImageFiles(reader, manifest, all, SIGNAL)
    assert.deepEqual(textsOf(files), { 'configs/new': '3', 'etc/kept': '2' })
  })

  it('may be empty', async () => {
    assert.deepEqual(await headersOf(buildLayer([])), [])
  })

  const wrong: readonly (readonly [string, readonly LayerFile[]])[] = [
    ['a path that leads out of the image', [file('../a')]],
    ['no path', [file('/')]],
    ['two files at one path', [file('a/b'), file('a//b')]],
    ['a file below a file', [file('a/b/c'), file('a')]],
  ]
  for (const [what, files] of wrong)
    it(`cannot have ${what}`, () => {
      assert.throws(() => buildLayer(files), ImageFault)
    })
})
