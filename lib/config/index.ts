/** Hands on what other rooms use of the configuration. */

export type { AdditionalImage } from './additional-images.ts'
export type { BlockRule } from './blocked-images.ts'
export {
  type Configuration,
  parseConfiguration,
  parseDeleteSet,
  parseImageSet,
  parseMirrorFile,
} from './configuration.ts'
export { type ListedImage, parseDeleteList } from './delete-list.ts'
export type { DeleteSet } from './delete-set.ts'
export type { ChartRepository, ChartRequest, ChartSettings, HelmSection, LocalChart } from './helm-section.ts'
export { DEFAULT_ARCHIVE_SIZE, type ImageSet } from './image-set.ts'
export { parseImageSource, repositoryOfFolder } from './image-source.ts'
export { type JsonPath, type PathStep, parseJsonPath } from './json-path.ts'
export { type MigratedImageSet, migrateImageSet } from './migrate/migrate.ts'
export type { MigrationChange } from './migrate/rewriting.ts'
export type {
  ConditionalUpdatesPolicy,
  MirrorFile,
  MirrorPolicies,
  MirrorTarget,
  OperatorSelectionPolicy,
  PlatformIndex,
  SignaturePolicy,
  TargetLimits,
} from './mirror-file.ts'
export { inOrderOfHops, targetsBefore } from './mirror-hops.ts'
export {
  type MirrorKind,
  type MirrorPolicy,
  readMirrorPolicies,
  type SourceMirrors,
} from './mirror-policies.ts'
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
export { withoutAddressSecrets } from './shown-line.ts'
export { v1TagsByDigest } from './v1/image-tags.ts'
export type { V1Catalog, V1Platform, V1Settings, V1Storage } from './v1/settings.ts'
