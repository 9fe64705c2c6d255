/** Archives of graph data: the real ones become the files of a layer, hostile ones are refused. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { PlanError } from '../../../errors.ts'
import { unpackGraphData } from './graph-data.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'graph-data',
)

type Entry = Partial<Header> & { readonly name: string; readonly text?: string }

async function archiveOf(entries: readonly Entry[]): Promise<Uint8Array> {
  const archive = pack()
  for (const { text = '', ...header } of entries) archive.entry(header, text)
  archive.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of archive) chunks.push(chunk as Uint8Array)
  return gzipSync(Buffer.concat(chunks))
}

const CHANNEL: Entry = { name: 'channels/stable-4.16.yaml', text: 'name: stable-4.16\n' }

async function refusal(archive: Uint8Array): Promise<string> {
  try {
    await unpackGraphData(archive, 'https://graph.example/data')
  } catch (error) {
    assert.ok(error instanceof PlanError, String(error))
    assert.match(error.hint ?? '', /--graph-data-url/)
    return error.message.replace('the graph data https://graph.example/data ', '')
  }
  return 'nothing is wrong'
}

describe('an archive of graph data', () => {
  it('becomes regular files below the folder the update service copies from, sorted by path', async () => {
    const archive = await archiveOf([
      { name: './', type: 'directory' },
      { name: './version', text: '1.1.0\n' },
      { name: 'channels', type: 'directory' },
      { ...CHANNEL, mode: 0o777, uid: 1000, mtime: new Date() },
      { name: 'blocked-edges//4.1.yaml' },
    ])
    const files = await unpackGraphData(archive, 'data')
    assert.deepEqual(
      files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      [
        ['var/lib/cincinnati-graph-data/blocked-edges/4.1.yaml', ''],
        ['var/lib/cincinnati-graph-data/channels/stable-4.16.yaml', 'name: stable-4.16\n'],
        ['var/lib/cincinnati-graph-data/version', '1.1.0\n'],
      ],
    )
  })

  for (const [sentence, entries, says] of [
    ['a path that leads upwards', [{ name: '../../etc/passwd' }], /leads outside/],
    ['a path from the root', [{ name: '/etc/passwd' }], /leads outside/],
    ['a path that leads upwards behind a folder', [{ name: 'a/../../x' }], /leads outside/],
    ['a symlink', [{ name: 'a', type: 'symlink', linkname: '/etc' }], /"a" that is a symlink/],
    ['a hard link', [{ name: 'a', type: 'link', linkname: 'b' }], /"a" that is a link/],
    ['a device', [{ name: 'a', type: 'character-device' }], /that is a character-device/],
    ['a whiteout', [{ name: 'a/.wh.b' }], /means something else in an image/],
    ['a file in a whiteout', [{ name: '.wh.a/b' }], /means something else in an image/],
  ] as const satisfies readonly (readonly [string, readonly Entry[], RegExp])[])
    it(`is refused for ${sentence}`, async () => {
      assert.match(await refusal(await archiveOf([CHANNEL, ...entries])), says)
    })

  it('is refused when it holds something else, or is no archive at all', async () => {
    assert.equal(await refusal(await archiveOf([{ name: 'README' }])), 'has no folder channels')
    assert.equal(await refusal(Buffer.from('<html>')), 'is not gzip-compressed')
    assert.match(await refusal(gzipSync('x'.repeat(2000))), /^is no tar archive/)
  })

  it('that unpacks to more than graph data ever was is refused before it is unpacked whole', async () => {
    const member = gzipSync(Buffer.alloc(16 * 1024 * 1024))
    const bomb = Array.from({ length: 20 }, () => member)
    assert.match(await refusal(Buffer.concat(bomb)), /unpacks to more than 268435456 bytes/)
  })

  for (const [name, count] of [
    ['openshift__cincinnati-graph-data__graph-data-current.tar.gz', 1797],
    ['openshift__oc-mirror__tests_unit_testdata_graph-assets_graph-data.tar.gz', 635],
  ] as const) {
    const path = join(CORPUS, name)
    it(`as it really is has its files: ${name}`, { skip: !existsSync(path) && `no ${path}` }, async () => {
      const files = await unpackGraphData(readFileSync(path), name)
      assert.equal(files.length, count)
      assert.ok(files.some(file => file.path.endsWith('/version')))
    })
  }
})
