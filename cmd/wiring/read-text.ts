/** Reads input files for the commands, and says what to do when one cannot be read. */
import { readFile } from 'node:fs/promises'
import { UsageError } from '../../lib/errors.ts'

/** @throws UsageError naming the file */
export async function readText(path: string, noun: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read ${noun} ${path}: ${reasonOf(cause)}`, {
      cause,
      hint: hintFor(cause, noun),
    })
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function reasonOf(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}

function hintFor(cause: unknown, noun: string): string | undefined {
  if (codeOf(cause) !== 'ENOENT') return undefined
  return noun === 'image set'
    ? 'check the path, or write a first one with `mirrorform init`'
    : 'check the path'
}
