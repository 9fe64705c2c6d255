/** States of the same place under other names, found beside where the state of a target would be. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { encodeState } from '../../../lib/files/state-file.ts'
import { parseTarget } from '../../../lib/target.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openHop } from './open-hop.ts'
import { notesOnStates } from './states-beside.ts'

const HUB = parseTarget('docker://hub.example/ent')

function folderWith(t: Parameters<typeof temporaryFolder>[0], names: readonly string[]): string {
  const folder = temporaryFolder(t)
  for (const [at, name] of names.entries()) {
    const target = parseTarget(at === 0 ? 'docker://hub.example/ent' : `docker://other.example/${at}`)
    const state = { lineage: name, target, images: [], manifests: new Map(), blobs: new Map(), loose: [] }
    writeFileSync(path.join(folder, `${name}.state.json`), encodeState(state))
  }
  writeFileSync(path.join(folder, 'broken.state.json'), '{')
  return folder
}

test('a target that was renamed is told of the state that it had, and one that is new of nothing', async t => {
  const folder = folderWith(t, ['hub', 'other'])
  const statePath = path.join(folder, 'enterprise.state.json')
  const notes = await notesOnStates(statePath, HUB)
  assert.equal(notes.length, 1)
  assert.match(notes[0] ?? '', /hub\.state\.json is a state of this place already, .*enterprise\.state\.json/)
  assert.deepEqual(await notesOnStates(statePath, parseTarget('docker://hub.example/new')), [])
  assert.deepEqual(await notesOnStates(path.join(folder, 'nowhere', 'x.state.json'), HUB), [])
})

test('what is via a target that was renamed is told where its state is', async t => {
  const folder = folderWith(t, ['hub'])
  const hop = { name: 'enterprise', target: HUB, statePath: path.join(folder, 'enterprise.state.json') }
  await assert.rejects(openHop(hop), (error: Error & { hint?: string }) => {
    assert.match(error.message, /^nothing can be read at enterprise: there is no state/)
    assert.match(error.hint ?? '', /hub\.state\.json is a state of that place: .*rename that file to/)
    return true
  })
})
