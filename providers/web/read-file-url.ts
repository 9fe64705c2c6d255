/** A document in a file instead of on a server (`file:///srv/signatures/…`): the same answers, without a network. */
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { messageOf, PlaceError } from '../../lib/errors.ts'
import { codeOf } from '../registry/http/connection-fault.ts'
import { shownUrl } from './shown-url.ts'

/** @returns undefined when there is no such file. @throws PlaceError */
export async function readFileUrl(url: URL, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const file = await open(fileURLToPath(url))
    try {
      const stats = await file.stat()
      if (!stats.isFile())
        throw new PlaceError(`cannot read ${shownUrl(url)}: it is no file`, {
          hint: 'name the document, not the folder it is in',
        })
      if (stats.size > maxBytes)
        throw new PlaceError(`cannot read ${shownUrl(url)}: it has more than ${maxBytes} bytes`, {
          hint: 'documents of that kind are far smaller: check the path',
        })
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (cause instanceof PlaceError) throw cause
    throw new PlaceError(`cannot read ${shownUrl(url)}: ${messageOf(cause)}`, {
      cause,
      code,
      hint: 'check the path and who may read it; a file URL is file:///FOLDER/FILE',
    })
  }
}
