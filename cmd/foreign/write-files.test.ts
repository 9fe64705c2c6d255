/** Files beside the mirror: where they cannot be written is known before the long work begins. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { MirrorformError } from '../../lib/errors.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { checkFolder, writeFiles } from './write-files.ts'

const FILES = [
  { name: 'a.yaml', text: 'a: 1\n' },
  { name: 'b.txt', text: 'b\n' },
]

describe('a folder for files', () => {
  it('is made with all above it when the first file is written, and not before', async t => {
    const folder = join(temporaryFolder(t), 'x', 'y')
    await checkFolder(folder, '--to-manifests')
    assert.ok(!existsSync(folder))
    await writeFiles(folder, FILES, '--to-manifests', assert.fail)
    await writeFiles(folder, FILES.slice(1), '--to-manifests', assert.fail)
    assert.deepEqual(readdirSync(folder).toSorted(), ['a.yaml', 'b.txt'])
    assert.equal(readFileSync(join(folder, 'a.yaml'), 'utf8'), 'a: 1\n')
  })

  it('that holds another file of the name has it replaced, and it is told', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'b.txt'), 'of somebody else\n')
    const notes: string[] = []
    await writeFiles(folder, FILES, '--to-manifests', text => notes.push(text))
    assert.deepEqual(notes, [`${join(folder, 'b.txt')} was there with other content: it is replaced`])
    assert.equal(readFileSync(join(folder, 'b.txt'), 'utf8'), 'b\n')
  })

  it('below a file, or with the name of one, is an error that names the option', async t => {
    const file = join(temporaryFolder(t), 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'x')])
      for (const act of [
        () => checkFolder(folder, '--dest-dir'),
        () => writeFiles(folder, FILES, '--dest-dir', assert.fail),
      ])
        await assert.rejects(
          act,
          error =>
            error instanceof MirrorformError &&
            /cannot write into/.test(error.message) &&
            /^--dest-dir/.test(error.hint ?? ''),
        )
  })
})
