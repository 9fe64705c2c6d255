/**
 * What the operating system said about a file -> a StateError that says what to do about it.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { MirrorformError, messageOf, StateError } from '../lib/errors.ts'

/** The error code of a failed system call, `ENOSPC`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** @param doing what was being done, to which file: `cannot write the state enc1.state.json` */
export function fileFault(doing: string, path: string, error: unknown): MirrorformError {
  if (error instanceof MirrorformError) return error
  const code = codeOf(error)
  const [said, hint] = explain(code, path) ?? [messageOf(error), undefined]
  return new StateError(`${doing}: ${said}${code === undefined ? '' : ` (${code})`}`, { hint, cause: error })
}

/** Runs one piece of file work, so that whatever fails in it is told as `doing`. */
export async function working<T>(doing: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fileFault(doing, path, error)
  }
}

/** What the other side said, in words, and what to try (errno(3)). */
function explain(code: string | undefined, path: string): readonly [said: string, hint: string] | undefined {
  const folder = dirname(path)
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return [
        'permission denied',
        `check who owns it (ls -ld ${folder} ${path}), or name another place with --state`,
      ]
    case 'EROFS':
      return ['the file system is read-only', 'name a place that can be written with --state']
    case 'ENOSPC':
      return ['the disk is full', `free some space where ${folder} is, then run the same command again`]
    case 'EDQUOT':
      return [
        'the disk quota is used up',
        'free some space or have the quota raised, then run the same command again',
      ]
    case 'EFBIG':
      return [
        'the file would be larger than allowed here',
        'raise the limit (ulimit -f), then run the same command again',
      ]
    case 'EISDIR':
      return ['it is a folder', 'name a file with --state']
    case 'ENOENT':
      if (existsSync(folder))
        return [`no file can be made in ${folder}`, 'name a place that can be written with --state']
      return [`there is no folder ${folder}`, `make it first: mkdir -p ${folder}`]
    case 'ENOTDIR':
      return ['a part of its path is a file, not a folder', 'name another place with --state']
    case 'EIO':
      return ['the disk failed', 'check the disk; the last complete state is still in git']
    default:
      return undefined
  }
}
