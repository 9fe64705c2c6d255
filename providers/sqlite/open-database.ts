/**
 * Bytes of an SQLite database → its rows, by means of Node's own SQLite. Not every version of Node that this program runs
 * on opens bytes, so they are put into a temporary file as long as the database is open.
 */

import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../lib/content/operator/catalog/index.ts'

/** @throws when the bytes are no database, or the folder for temporary files cannot take them */
export async function openDatabase(bytes: Uint8Array): Promise<Database> {
  // Few catalogs need it, and some versions of Node warn when it is loaded.
  const { DatabaseSync } = await import('node:sqlite')
  const folder = await mkdtemp(join(tmpdir(), 'mirrorform-sqlite-'))
  try {
    const file = join(folder, 'index.db')
    await writeFile(file, bytes, { mode: 0o600 })
    const database = new DatabaseSync(file, { readOnly: true })
    const close = () => {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    }
    try {
      // Opening reads nothing yet.
      database.prepare('SELECT count(*) FROM sqlite_master').get()
    } catch (error) {
      close()
      throw error
    }
    return { all: sql => database.prepare(sql).all(), close }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
