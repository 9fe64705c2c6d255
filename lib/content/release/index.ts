/** Hands on the content kind "releases". */
export { collectPlatform } from './collect.ts'
export { settleAll } from './failures.ts'
export { GRAPH_BASE_IMAGE, GRAPH_DATA_URL, GRAPH_IMAGE } from './graph-image/index.ts'
export { noteUpdates } from './note-updates.ts'
export type { CollectedPlatform, PlatformOptions } from './platform-collection.ts'
export {
  createReleaseReader,
  type ReleasePlaces,
  type ReleaseReader,
  type SignatureOptions,
} from './read-releases.ts'
export type { ConditionalUpdates } from './selection/index.ts'
export { type Keyring, parseKeyring, RED_HAT_KEYRING, RED_HAT_SIGNATURES_URL } from './signatures/index.ts'
