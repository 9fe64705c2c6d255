/** The reader of documents that are not in a registry. */
export type { WebReaderOptions } from './options.ts'
export { type OpenWebReader, openWebReader } from './web-reader.ts'
