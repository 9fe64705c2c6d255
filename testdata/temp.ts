/**
 * Temporary folders for tests: made under the system's own temporary folder and removed, with all they hold, when the
 * test that asked for one ends.
 */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** What is needed of a test: somewhere to leave work for its end. `TestContext` of node:test is one. */
export interface TestEnd {
  after(work: () => Promise<void> | void): void
}

/** An empty folder that lives as long as the test. */
export function temporaryFolder(t: TestEnd): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mirrorform-test-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
