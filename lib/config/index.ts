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
  ConditionalUpdatesPolicy,
  MirrorFile,
  MirrorPolicies,
  MirrorTarget,
  OperatorSelectionPolicy,
  PlatformIndex,
  SignaturePolicy,
} from './mirror-file.ts'
export type { OperatorChannel, OperatorPackage, OperatorSection } from './operator-section.ts'
export { pinCatalogs } from './pin-catalogs.ts'
export type {
  PlatformSection,
  ReleaseArchitecture,
  ReleaseChannel,
  ReleaseProduct,
} from './platform-section.ts'
export { ConfigError, formatProblem, type Problem, type ProblemKind, type SourceFile } from './problem.ts'
export type { SampleSection } from './sample-section.ts'
