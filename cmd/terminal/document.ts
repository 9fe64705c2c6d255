/** The JSON document of a command: as text, and into a file. */
import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MirrorformError, messageOf } from '../../lib/errors.ts'
import { replaceFile } from '../../state/index.ts'
import { refuseKept } from './standing-file.ts'

/** JSON with a final line feed. A string is taken for JSON that is encoded already; maps become objects, sets lists. */
export function encodeDocument(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, plainData, 2)
  return text.endsWith('\n') ? text : `${text}\n`
}

function plainData(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}

/**
 * Replaces the file as a whole or not at all; writes into pipes and devices (`/dev/fd/63`) as they are.
 * @param option that named the file, for the hint: `--json-into`
 * @throws MirrorformError
 */
export async function writeDocument(path: string, text: string, option = '--json-into'): Promise<void> {
  await telling(path, option, async () => {
    if (await isReplaceable(path)) await replaceFile(path, Buffer.from(text))
    else await writeFile(path, text)
  })
}

/**
 * Asked before long work, so that its result does not end at a folder that is not there, and replaces no state or
 * configuration. @throws UsageError, MirrorformError
 */
export async function checkDocumentPath(path: string, option: string): Promise<void> {
  await checkFilePath(path, option)
  await refuseKept(path, option)
}

/** The same for a command that asks itself what it replaces. @throws MirrorformError */
export async function checkFilePath(path: string, option: string): Promise<void> {
  await telling(path, option, async () => {
    if (await isReplaceable(path)) await access(dirname(path), constants.W_OK | constants.X_OK)
  })
}

/** A folder for several files, made if it is not there; the one above it has to be. @throws MirrorformError */
export async function makeFolder(path: string, option: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return
  try {
    await mkdir(path)
  } catch (cause) {
    throw new MirrorformError(`cannot make the folder ${path}: ${reasonOf(cause, path)}`, {
      hint: `${option} names a folder; the one above it has to exist`,
      cause,
    })
  }
}

async function isReplaceable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) throw new MirrorformError('it is a folder')
  if (found === undefined && path.endsWith('/')) throw new MirrorformError(`there is no folder ${path}`)
  return found === undefined || found.isFile()
}

async function telling(path: string, option: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw new MirrorformError(`cannot write ${path}: ${reasonOf(cause, path)}`, {
      hint: `${option} names a file in a folder that exists and can be written`,
      cause,
    })
  }
}

function reasonOf(cause: unknown, path: string): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'ENOENT':
      return `there is no folder ${dirname(path)}`
    case 'ENOTDIR':
      return `${dirname(path)} is not a folder`
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
      return 'the disk is full'
    default:
      return messageOf(cause)
  }
}
