/** The documentation shows files as they are. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testdata/temp.ts'
import { decodeContents, encodeContents } from './contents-file.ts'
import { tablesOf, volumeRecord } from './members.ts'
import { readProgress } from './progress.ts'

const page = readFileSync(new URL('../../docs/file-formats.md', import.meta.url), 'utf8')

function example(name: string): string {
  const block = new RegExp(`^\`\`\`jsonl? ${name}\n([^]*?)^\`\`\`$`, 'm').exec(page)
  assert.ok(block?.[1], `docs/file-formats.md has no example of ${name}`)
  return block[1]
}

test('the archive shown in the documentation is one that mirrorform writes', () => {
  const contents = decodeContents(example('archive'), 'docs')
  assert.equal(encodeContents(contents), example('archive'))
  assert.deepEqual(tablesOf(contents).map(volumeRecord), contents.volumes)
})

test('the unfinished archive shown in the documentation is one that mirrorform goes on with', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(path.join(folder, 'archive.partial'), example('archive-progress'))
  const left = await readProgress(folder)
  assert.deepEqual(
    left?.lines.map(({ did }) => did),
    ['entry', 'entry', 'name'],
  )
  assert.equal(left?.purpose.volumeSize, 4_700_000_000)
})
