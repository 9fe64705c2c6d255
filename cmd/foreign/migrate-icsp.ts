/** `adm migrate icsp`: policies in files -> mirror sets in a folder. Talks to nobody. */
import { join } from 'node:path'
import { UsageError } from '../../lib/errors.ts'
import { migratePolicies } from '../../lib/resources/migrate-icsp.ts'
import type { Command } from '../invocation.ts'
import { readText } from '../wiring/read-text.ts'
import { writeFiles } from './write-files.ts'

export interface MigrateIcspArguments {
  readonly files?: readonly string[] | undefined
  readonly destDir: string
}

export const run: Command<MigrateIcspArguments> = async ({ files: paths = [], destDir }, { output }) => {
  if (paths.length === 0)
    throw new UsageError('no file', { hint: 'mirrorform adm migrate icsp FILE… --dest-dir DIR' })
  const read = await Promise.all(
    paths.map(async path => ({ path, text: await readText(path, 'list of mirrors') })),
  )
  const files = migratePolicies(read)
  await writeFiles(destDir, files, '--dest-dir', output.note)
  for (const { name } of files) output.print(`wrote ImageDigestMirrorSet to ${join(destDir, name)}`)
  await output.document({
    format: 'mirrorform-migrated-policies',
    version: 1,
    files: files.map(({ name }) => join(destDir, name)),
  })
  return 0
}
