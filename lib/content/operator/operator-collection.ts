/** What collecting catalogs is given and what it hands on. */
import type { IncompleteBundle } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import type { FactCache, ManifestCache, Sources } from '../../provider.ts'
import type { RecordedStarts } from '../history/index.ts'
import type { Collected } from '../selection.ts'
import type { WantedImage } from '../wanted.ts'
import type { OpenDatabase } from './catalog/index.ts'
import type { Place } from './destination.ts'
import type { OperatorSelection } from './filter/index.ts'
import type { StandingCatalog } from './standing-catalog.ts'

export interface OperatorPlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
  readonly facts: FactCache
  /** Without it a catalog that is a database is an error. */
  readonly openDatabase?: OpenDatabase
  /** Default: what is at the target is not looked at. */
  readonly standing?: StandingCatalogs
}

/** The catalog that the state has at the target where one goes. @param placeOf where it goes, by what is published */
export type StandingCatalogs = (placeOf: (published: Digest) => Place) => StandingCatalog | undefined

export interface OperatorOptions {
  readonly selection: OperatorSelection
  /** Packages that a catalog does not have are told instead of refused. */
  readonly allowMissingPackages: boolean
  /** Where update paths begin by oc-mirror v1's own account, for its image sets; default: nowhere. */
  readonly recorded?: RecordedStarts
}

export interface CollectedCatalog extends Collected<WantedImage> {
  /** What it is called: `registry.redhat.io/redhat/redhat-operator-index:v4.16`. */
  readonly catalog: string
  /** What its tag names now, or what the image set pins it to. */
  readonly digest: Digest
  /** Bundles with a reference that no registry could be asked for. */
  readonly incomplete: readonly IncompleteBundle[]
}
