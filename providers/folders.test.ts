/** Folders that writers need, made where they can be made. */
import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../testdata/temp.ts'
import { flushFolder, makeFolder } from './folders.ts'

test('a folder is made with all folders above it, by several at once, and stays when it is there', async t => {
  const top = temporaryFolder(t)
  const folder = path.join(top, 'a', 'b', 'c')
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(path.join(top, 'a', 'd'))])
  await makeFolder(folder)
  assert.ok(statSync(folder).isDirectory())
  assert.ok(statSync(path.join(top, 'a', 'd')).isDirectory())
  await flushFolder(folder)
})

test('below a file there is no folder', async t => {
  const file = path.join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  await assert.rejects(makeFolder(path.join(file, 'a', 'b')), { code: 'ENOTDIR' })
})

test('where nothing can be made, the file system says so, and nobody waits', {
  skip: process.platform === 'linux' ? false : 'only Linux has /proc',
}, async () => {
  await assert.rejects(makeFolder('/proc/mirrorform/a/b'), { code: 'ENOENT' })
})
