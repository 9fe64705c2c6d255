/** Looking into images: the files of one platform as its layers leave them, its manifest and its config. */
export type { FileQuery } from './file-query.ts'
export { ImageFault } from './image-fault.ts'
export {
  type ImageConfig,
  imageConfig,
  isAttestation,
  loadManifest,
  type PlatformImage,
  platformImage,
} from './platform-image.ts'
export { readImageFiles } from './read-image-files.ts'
