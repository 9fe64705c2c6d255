/**
 * The tables of an operator database (operator-registry's SQLite schema, migrations 000 to 014) → rows of text. Tables and
 * columns that older databases do not have are empty.
 */
import { messageOf, PlanError } from '../../../../errors.ts'
import type { Database, OpenDatabase } from '../catalog.ts'

/** A column that is not there, or null, is empty. */
export type Row = Readonly<Record<string, string>>

export interface Tables {
  readonly package: readonly Row[]
  readonly channel: readonly Row[]
  readonly channel_entry: readonly Row[]
  readonly operatorbundle: readonly Row[]
  readonly related_image: readonly Row[]
  readonly properties: readonly Row[]
  readonly dependencies: readonly Row[]
  readonly deprecated: readonly Row[]
}

const NEEDED = ['package', 'channel', 'channel_entry', 'operatorbundle']

/** @throws PlanError when the bytes are no such database */
export async function readTables(bytes: Uint8Array, open: OpenDatabase, name: string): Promise<Tables> {
  const hint = 'the catalog image is damaged or holds another kind of database; mirror a newer version of it'
  let database: Database | undefined
  try {
    database = await open(bytes)
    const there = new Set(
      rowsOf(database, "SELECT name FROM sqlite_master WHERE type = 'table'").map(row => row.name),
    )
    const missing = NEEDED.filter(table => !there.has(table))
    if (missing.length > 0)
      throw new PlanError(`${name}: its database has no table ${missing.join(' and no table ')}`, { hint })
    const all = (table: keyof Tables): readonly Row[] =>
      database !== undefined && there.has(table)
        ? rowsOf(database, `SELECT * FROM "${table}" ORDER BY rowid`)
        : []
    return {
      package: all('package'),
      channel: all('channel'),
      channel_entry: all('channel_entry'),
      operatorbundle: all('operatorbundle'),
      related_image: all('related_image'),
      properties: all('properties'),
      dependencies: all('dependencies'),
      deprecated: all('deprecated'),
    }
  } catch (cause) {
    if (cause instanceof PlanError) throw cause
    throw new PlanError(`${name}: its database cannot be read: ${messageOf(cause)}`, { cause, hint })
  } finally {
    database?.close()
  }
}

function rowsOf(database: Database, sql: string): readonly Row[] {
  return database
    .all(sql)
    .map(row =>
      Object.fromEntries(
        Object.entries(row).flatMap(([key, value]) => (value === null ? [] : [[key, text(value)]])),
      ),
    )
}

/** JSON is stored as text or as bytes, by whichever program wrote the database. */
function text(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}
