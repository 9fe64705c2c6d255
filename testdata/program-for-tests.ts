/**
 * Before the first test: builds the program once, so that end-to-end tests start what users start, and start it quickly.
 * Named by `npm test` (--test-global-setup). A test file that is run by itself does without, and takes the sources.
 */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Below the project, because the program reads its version from the package.json above it. */
const FOLDER = join(ROOT, `dist-tests-${process.pid}`)

export async function globalSetup(): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(ROOT, 'cmd/build.ts'), FOLDER],
    { cwd: ROOT },
  )
  process.env.MIRRORFORM_TEST_PROGRAM = join(FOLDER, 'cmd/main.js')
  process.env.MIRRORFORM_TEST_COMPILED = join(FOLDER, 'compiled')
}

export async function globalTeardown(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true })
}
