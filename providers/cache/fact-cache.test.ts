import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openFactCache } from './fact-cache.ts'

const KEY = 'payload/sha256:12ab'
const FACT = Buffer.from('{"version":"4.16.8"}\n\0\xff', 'latin1')

const onlyFileIn = (folder: string) => {
  const [name = '', ...others] = readdirSync(path.join(folder, 'facts'))
  assert.deepEqual(others, [])
  return path.join(folder, 'facts', name)
}

test('a fact that was kept comes back from another run byte for byte', async t => {
  const folder = path.join(temporaryFolder(t), 'cache')
  assert.equal(await openFactCache(folder).get(KEY), undefined)
  await openFactCache(folder).put(KEY, FACT)
  assert.deepEqual(Buffer.from((await openFactCache(folder).get(KEY)) ?? []), FACT)
  assert.equal(await openFactCache(folder).get(`${KEY} `), undefined)
})

test('facts may be empty, have keys of any text, and be replaced', async t => {
  const cache = openFactCache(temporaryFolder(t))
  for (const key of ['', 'a\nb', '../../x', `https://host.example/${'x'.repeat(5000)}`]) {
    await cache.put(key, new Uint8Array())
    assert.equal((await cache.get(key))?.length, 0)
    await cache.put(key, FACT)
    assert.deepEqual(Buffer.from((await cache.get(key)) ?? []), FACT)
  }
})

test('a damaged fact, and one under the name of another, is not there', async t => {
  const [folder, other] = [temporaryFolder(t), temporaryFolder(t)]
  const cache = openFactCache(folder)
  await cache.put(KEY, FACT)
  await openFactCache(other).put('something else', FACT)
  const file = onlyFileIn(folder)
  const kept = readFileSync(file)
  const turned = Buffer.from(kept)
  turned[80] = (turned[80] ?? 0) ^ 1
  const damaged = [kept.subarray(0, -1), kept.subarray(0, 10), FACT, Buffer.alloc(0), turned]
  for (const content of [...damaged, readFileSync(onlyFileIn(other))]) {
    writeFileSync(file, content)
    assert.equal(await cache.get(KEY), undefined)
  }
  await cache.put(KEY, FACT)
  assert.deepEqual(readFileSync(file), kept)
})

test('a folder that cannot be written costs nothing but the facts', { timeout: 10_000 }, async t => {
  const file = path.join(temporaryFolder(t), 'a-file')
  writeFileSync(file, '')
  for (const folder of [file, '/proc/mirrorform/cache', '/dev/full/cache']) {
    const cache = openFactCache(folder)
    await cache.put(KEY, FACT)
    assert.equal(await cache.get(KEY), undefined)
  }
})
