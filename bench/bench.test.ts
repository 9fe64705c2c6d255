import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'
import { skipWithout } from '../testdata/docker-registry.ts'

const run = promisify(execFile)
const ROOT = path.join(import.meta.dirname, '..')

test('npm run bench -- copy compares a cold copy with skopeo sync and prints the ratio', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async () => {
  const args = ['--import', 'tsx', 'bench/main.ts', 'copy', '--small', '--from-source']
  const { stdout } = await run(process.execPath, args, { cwd: ROOT })
  assert.match(stdout, /^- ratio to skopeo sync: \*\*\d+\.\d\d×\*\*/m)
  assert.match(stdout, /^- reads of each blob: \*\*1\.00\*\*/m)
})

test('npm run bench without the name of a bench names them all', async () => {
  await assert.rejects(
    run(process.execPath, ['--import', 'tsx', 'bench/main.ts'], { cwd: ROOT }),
    (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 1)
      for (const name of [
        'copy',
        'again',
        'big-layer',
        'many-small',
        'slow-link',
        'throttled',
        'releases',
        'catalog',
        'archive',
        'start',
        'copy-20ms',
        'again-20ms',
        'many-small-20ms',
      ])
        assert.match(error.stderr, new RegExp(`^  ${name} `, 'm'))
      return true
    },
  )
})
