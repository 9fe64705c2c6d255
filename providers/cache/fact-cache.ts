/**
 * Facts on disk, between runs: what was worked out from content that never changes, and documents as they were read last.
 * `<folder>/facts/<hash of the key>` holds a digest as a first line, then the key as a second and then the bytes; the digest is
 * that of all after it. What is damaged, belongs to another key or cannot be written is simply not there.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, hexOf } from '../../lib/oci/digest.ts'
import type { FactCache } from '../../lib/provider.ts'
import { place } from './placing.ts'

const LINE_END = 0x0a

export function openFactCache(folder: string): FactCache {
  const pathOf = (key: string) => join(folder, 'facts', hexOf(digestOf(key)))

  async function get(key: string): Promise<Uint8Array | undefined> {
    try {
      const content = await readFile(pathOf(key))
      const end = content.indexOf(LINE_END)
      const rest = content.subarray(end + 1)
      const opening = openingFor(key)
      const isWhole = end >= 0 && content.toString('latin1', 0, end) === digestOf(rest)
      if (!isWhole || !rest.subarray(0, opening.length).equals(opening)) return undefined
      return rest.subarray(opening.length)
    } catch {
      return undefined
    }
  }

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      const rest = Buffer.concat([openingFor(key), bytes])
      await place(pathOf(key), Buffer.concat([Buffer.from(`${digestOf(rest)}\n`), rest]))
    } catch {
      // a full or read-only cache folder costs time later, nothing else
    }
  }

  return { get, put }
}

/** As JSON, so that it is one line whatever the key holds. */
function openingFor(key: string): Buffer {
  return Buffer.from(`${JSON.stringify(key)}\n`)
}
