import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testdata/temp.ts'
import { withoutRoot } from '../../testdata/without-root.ts'
import { checkFolder, writeCommand } from './write-command.ts'

test('a command is an executable file, and replaces the one that was there', async t => {
  const folder = join(temporaryFolder(t), 'tools')
  await checkFolder(folder)
  await writeCommand(folder, 'oc', Buffer.from('old'))
  const path = await writeCommand(folder, 'oc', Buffer.from('new'))
  assert.equal(readFileSync(path, 'utf8'), 'new')
  assert.equal(statSync(path).mode & 0o777, 0o755)
  assert.deepEqual(readdirSync(folder), ['oc'])
})

test('a folder that cannot be written is told before anything is read', async t => {
  const folder = join(temporaryFolder(t), 'closed')
  mkdirSync(folder)
  chmodSync(dirname(folder), 0o755)
  chmodSync(folder, 0o555)
  await withoutRoot(() =>
    assert.rejects(checkFolder(folder), {
      name: 'UsageError',
      message: `cannot write to ${folder}: permission denied`,
    }),
  )
})

test('a folder in place of the command is left alone, and nothing of the command stays', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'oc'))
  writeFileSync(join(folder, 'oc', 'kept'), '')
  await assert.rejects(writeCommand(folder, 'oc', Buffer.from('new')), /there is a folder of that name/)
  assert.deepEqual(readdirSync(folder), ['oc'])
})
