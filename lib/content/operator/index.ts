/** Hands on the content kind "operators". */
export { collectCatalogs } from './collect.ts'
export { catalogName } from './destination.ts'
export type { OperatorSelection } from './filter/index.ts'
export type {
  CollectedCatalog,
  OperatorOptions,
  OperatorPlaces,
  StandingCatalogs,
} from './operator-collection.ts'
export { keepTagsApart } from './shared-tags.ts'
