import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { collectSamples } from './collect.ts'
import { readInventory } from './inventory.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDER = join(process.env.MIRRORFORM_CORPUS ?? join(ROOT, '../shared/corpus'), 'samples')

test("every image stream of the operator's own sources is read, and each of its images has a place", {
  skip: !existsSync(FOLDER) && 'no corpus',
}, () => {
  const names = readdirSync(FOLDER).filter(name => name.endsWith('.json'))
  assert.ok(names.length > 20)
  for (const name of names) {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const inventory = readInventory([[name, text]])
    const listed: { from?: { kind?: string } }[] = JSON.parse(text).spec.tags
    const images = listed.filter(({ from }) => from?.kind === 'DockerImage')
    assert.equal(inventory.tags.length, images.length, name)
    assert.equal(collectSamples([{ name: '*', place: name }], inventory).length, images.length, name)
  }
})
