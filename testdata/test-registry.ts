/** The embedded registry for the length of a test: over a folder of its own, closed and removed when the test ends. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type RegistryServer,
  type RegistryServerOptions,
  startRegistryServer,
} from '../providers/embedded/index.ts'
import type { TestEnd } from './temp.ts'

/** @param options with `folder`, one that the test made and that outlives the server */
export async function startTestRegistry(
  t: TestEnd,
  options: Partial<RegistryServerOptions> = {},
): Promise<RegistryServer & { readonly folder: string }> {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'mirrorform-test-'))
  const server = await startRegistryServer({ ...options, folder })
  t.after(async () => {
    await server.close()
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  return { ...server, folder }
}
