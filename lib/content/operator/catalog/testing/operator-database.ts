/** An operator database for tests, with the tables and columns that opm index add leaves behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SCHEMA = `
  CREATE TABLE operatorbundle (name TEXT PRIMARY KEY, csv TEXT, bundle TEXT, bundlepath TEXT, skiprange TEXT, version TEXT,
    replaces TEXT, skips TEXT, substitutesfor TEXT);
  CREATE TABLE package (name TEXT PRIMARY KEY, default_channel TEXT);
  CREATE TABLE channel (name TEXT, package_name TEXT, head_operatorbundle_name TEXT, PRIMARY KEY (name, package_name));
  CREATE TABLE channel_entry (entry_id INTEGER PRIMARY KEY, channel_name TEXT, package_name TEXT,
    operatorbundle_name TEXT, replaces INTEGER, depth INTEGER);
  CREATE TABLE related_image (image TEXT, operatorbundle_name TEXT);
  CREATE TABLE properties (type TEXT, value TEXT, operatorbundle_name TEXT, operatorbundle_version TEXT,
    operatorbundle_path TEXT);
  CREATE TABLE dependencies (type TEXT, value TEXT, operatorbundle_name TEXT, operatorbundle_version TEXT,
    operatorbundle_path TEXT);
  CREATE TABLE deprecated (operatorbundle_name TEXT PRIMARY KEY);
`

export type TableRows = Readonly<
  Record<string, readonly Readonly<Record<string, string | number | Uint8Array | null>>[]>
>

/** @param schema statements that make the tables. @returns the database as a file has it */
export function operatorDatabase(rows: TableRows, schema = SCHEMA): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorform-test-'))
  try {
    const file = join(folder, 'index.db')
    const database = new DatabaseSync(file)
    database.exec(schema)
    for (const [table, each] of Object.entries(rows))
      for (const row of each) {
        const columns = Object.keys(row)
        const places = columns.map(() => '?').join(', ')
        database
          .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
          .run(...Object.values(row))
      }
    database.close()
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
