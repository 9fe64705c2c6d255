/** Deletes by file on the command line: which target they are for, and what does not go with them. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError } from '../../lib/config/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { type DeleteArguments, deletesOf } from './plan-deletes.ts'
import { chooseTarget } from './target/choose-target.ts'

const MIRROR = `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets: [imageset.yaml]
targets: [{name: enc1, to: 'docker://registry.enc1.example/ocp'}]
policies: {protect: ['**/base/**'], maxDeletePercent: 5}
`
const NOTHING: DeleteArguments = { destroy: false, skipDeletes: false, from: [] }

describe('deletes by file', () => {
  it('are for the target of the mirror file that is here, with its guards, and leave its image sets alone', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(path.join(folder, 'mirrorform.yaml'), MIRROR)
    const before = process.cwd()
    process.chdir(folder)
    t.after(() => process.chdir(before))
    const choice = await chooseTarget({ delete: true, config: ['deletes.yaml'] })
    assert.deepEqual(choice.imageSets, ['deletes.yaml'])
    assert.deepEqual([choice.statePath, choice.maxDeletePercent], ['enc1.state.json', 5])
    assert.deepEqual(choice.protect, ['**/base/**'])
    await assert.rejects(
      chooseTarget({ config: ['mirrorform.yaml'], delete: true, target: 'enc2' }),
      UsageError,
    )
  })

  const refused: readonly (readonly [what: string, more: Partial<DeleteArguments> & object])[] = [
    ['--destroy', { destroy: true }],
    ['--skip-deletes', { skipDeletes: true }],
    ['--from', { from: ['file://disc'] }],
    ['--mapping', { mapping: ['mapping.txt'] }],
    ['--resources', { resources: 'cluster' }],
  ]
  for (const [what, more] of refused)
    it(`and ${what} exclude each other`, async () => {
      const choice = await chooseTarget({ to: 'docker://registry.example', config: ['deletes.yaml'] })
      await assert.rejects(
        deletesOf({ ...NOTHING, ...more }, choice),
        (error: unknown) => error instanceof UsageError && error.message.includes(`${what} exclude`),
      )
    })

  it('and an archive exclude each other', async () => {
    const choice = await chooseTarget({
      to: 'file://disc',
      for: 'docker://registry.example',
      config: ['d.yaml'],
    })
    await assert.rejects(deletesOf(NOTHING, choice), /--to file:\/\/ exclude each other/)
  })

  it('need a file, and one that says what to delete', async t => {
    const none = await chooseTarget({ to: 'docker://registry.example' })
    await assert.rejects(deletesOf(NOTHING, none), /needs a file that says what to delete/)
    const file = path.join(temporaryFolder(t), 'set.yaml')
    writeFileSync(file, 'kind: ImageSetConfiguration\nmirror: {}\n')
    const choice = await chooseTarget({ to: 'docker://registry.example', config: [file] })
    await assert.rejects(
      deletesOf(NOTHING, choice),
      (error: unknown) =>
        error instanceof ConfigError &&
        /set\.yaml:1:7: .*what to mirror, not what to delete/.test(error.message),
    )
  })
})
