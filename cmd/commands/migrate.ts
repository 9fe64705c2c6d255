/**
 * `migrate`: an image set of oc-mirror v1 rewritten for v2, printed or written to a file: a new one, or the image set itself.
 * Reads and writes nothing else.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { migrateImageSet } from '../../lib/config/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { countOf } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { checkFilePath, writeDocument } from '../terminal/index.ts'
import { readText } from '../wiring/read-text.ts'

export interface MigrateArguments {
  readonly config?: readonly string[] | undefined
  readonly out?: string | undefined
}

export const run: Command<MigrateArguments> = async (args, { output }) => {
  const path = onlyFile(args.config ?? [])
  const { out } = args
  if (out !== undefined) await checkOut(out, path)
  const { text, changes } = migrateImageSet({ path, text: await readText(path, 'image set') })
  if (changes.length === 0) output.note(`${path} is an image set of v2 already: it stays as it is`)
  for (const { line, message } of changes) output.note(`${path}:${line}: ${message}`)
  if (out === undefined) output.print(text.replace(/\n$/, ''))
  else {
    await writeDocument(out, text, '-o')
    output.print(`Wrote ${out}: ${countOf(changes.length, 'remark')} in it, marked "migrated:".`)
    output.print(`Compare what it asks for: mirrorform plan -c ${out} --to docker://HOST[/PREFIX]`)
  }
  await output.document({
    format: 'mirrorform-migration',
    version: 1,
    from: path,
    ...(out === undefined ? { text } : { to: out }),
    changes,
  })
  return 0
}

function onlyFile(paths: readonly string[]): string {
  const [path, second] = paths
  if (path === undefined)
    throw new UsageError('no image set to rewrite', { hint: 'name one of oc-mirror v1 with -c FILE' })
  if (second !== undefined)
    throw new UsageError(`-c names several image sets: ${paths.join(' and ')}`, {
      hint: 'rewrite them one after the other, each with an -o of its own',
    })
  return path
}

/** Asked before the work: nothing but the image set itself is overwritten. */
async function checkOut(out: string, path: string): Promise<void> {
  await checkFilePath(out, '-o')
  if (resolve(out) === resolve(path) || !existsSync(out)) return
  throw new UsageError(`${out} is there already`, {
    hint: 'name a new file, or the image set itself to have it rewritten in place',
  })
}
