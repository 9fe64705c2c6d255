/** Hands on what other rooms use of the configuration. */

export type { AdditionalImage } from './additional-images.ts'
export type { BlockRule } from './blocked-images.ts'
export {
  type Configuration,
  parseConfiguration,
  parseImageSet,
  parseMirrorFile,
} from './configuration.ts'
export type { ImageSet } from './image-set.ts'
export { parseImageSource, repositoryOfFolder } from './image-source.ts'
export type {
  MirrorFile,
  MirrorPolicies,
  MirrorTarget,
  PlatformIndex,
  SignaturePolicy,
} from './mirror-file.ts'
export { ConfigError, formatProblem, type Problem, type ProblemKind, type SourceFile } from './problem.ts'
