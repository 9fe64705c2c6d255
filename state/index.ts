/**
 * Where states are kept, with their journals and locks. There is one backend: files side by side.
 */

export { replaceFile } from './durable-files.ts'
export type { Machine, ProcessIdentity } from './process-identity.ts'
export { openStateFile, type StateFileStore } from './state-file-store.ts'
