/**
 * What stands where a document is about to be written. A state or a configuration that a mistyped path names is not replaced:
 * it is what everything else is made from.
 */
import { open, stat } from 'node:fs/promises'
import { UsageError } from '../../lib/errors.ts'

/** Bytes that tell what a file is. */
const START = 4096
const KEPT: readonly (readonly [what: string, sign: RegExp])[] = [
  ['a state', /^\s*\{\s*"format": "mirrorform-state"/],
  [
    'a configuration',
    /(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?(?:ImageSetConfiguration|DeleteImageSetConfiguration|Mirror)\b/m,
  ],
]

/** undefined where no regular file is; empty where it may not be read, so that nobody takes it for their own. */
export async function startOfFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START), 0, START, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * @param option that named the file
 * @param text of the document, where it is known: a state, as `state show` prints one, may replace a state
 * @throws UsageError
 */
export async function refuseKept(path: string, option: string, text = ''): Promise<void> {
  const start = await startOfFile(path)
  const kept = KEPT.find(([, sign]) => start !== undefined && sign.test(start))
  if (kept === undefined || kept[1].test(text.slice(0, START))) return
  throw new UsageError(`${path} is ${kept[0]}: ${option} does not write over it`, {
    hint: `name another file with ${option}, or move this one away`,
  })
}
