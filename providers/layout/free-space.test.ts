import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { canTellSpace } from '../../lib/provider.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { freeBytesAt } from './free-space.ts'
import { openLayoutTarget } from './target.ts'

it('a folder, also one that does not exist yet, tells how much its disk still takes', async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(join(folder, 'not', 'yet'))
  assert.ok(canTellSpace(target))
  for (const free of [await freeBytesAt(folder), await target.freeBytes(new AbortController().signal)])
    assert.ok(free !== undefined && Number.isSafeInteger(free) && free > 0)
})

it('a path below a file tells nothing: writing there will say what is wrong', async t => {
  const folder = temporaryFolder(t)
  assert.equal(await freeBytesAt(join(import.meta.filename, folder)), undefined)
})
