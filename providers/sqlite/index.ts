/** Reading SQLite databases. */
export { openDatabase } from './open-database.ts'
