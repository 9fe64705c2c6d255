/** Mapping files of other tools as wanted images. */
export {
  type CollectedMapped,
  collectMapped,
  type MappedOptions,
  type MissedPlace,
  type Tolerance,
} from './collect-mapped.ts'
export { hostsOf, type InsideTarget, insideTarget } from './inside-target.ts'
export { type ListFilter, listFilter } from './list-filter.ts'
export { FILES, type Mapping } from './mapping.ts'
export { parseMappings } from './mapping-lines.ts'
export { tagPattern } from './mapping-source.ts'
