import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { operatorDatabase } from '../../lib/content/operator/catalog/testing/operator-database.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openDatabase } from './index.ts'

test('a database is read from its bytes, and nothing of it stays on disk', async t => {
  const folder = temporaryFolder(t)
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  assert.equal(tmpdir(), folder)
  const bytes = operatorDatabase({ package: [{ name: 'widget', default_channel: 'stable' }] })
  const database = await openDatabase(bytes)
  assert.deepEqual(
    database.all('SELECT * FROM package').map(row => ({ ...row })),
    [{ name: 'widget', default_channel: 'stable' }],
  )
  assert.throws(() => database.all("INSERT INTO package VALUES ('x', 'y')"), /readonly/)
  database.close()
  await assert.rejects(openDatabase(Buffer.from('x'.repeat(2000))), /not a database/)
  assert.deepEqual(readdirSync(folder), [])
})
