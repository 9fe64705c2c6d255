/** The JSON document of a command: as text, and into a file. */
import { stat, writeFile } from 'node:fs/promises'
import { MirrorformError, messageOf } from '../../lib/errors.ts'
import { replaceFile } from '../../state/index.ts'

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
  try {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || found.isFile()) await replaceFile(path, Buffer.from(text))
    else await writeFile(path, text)
  } catch (cause) {
    throw new MirrorformError(`cannot write ${path}: ${messageOf(cause)}`, {
      hint: `${option} names a file in a folder that exists and can be written`,
      cause,
    })
  }
}
