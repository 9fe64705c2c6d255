/** What collecting charts needs of the world. */
import type { Documents } from '../documents.ts'
import type { ChartFiles } from './chart/unpack-chart.ts'

export interface ChartPlaces {
  /**
   * Indexes and packaged charts by their addresses; of an OCI registry the package is `oci://HOST/PATH:TAG`, and
   * `oci://HOST/PATH` is a JSON list of the tags there.
   */
  readonly documents: Documents
  readonly local: LocalCharts
  /** Absent: charts are rendered here. */
  readonly renderer?: ChartRenderer
}

/** Another program that renders charts. */
export interface ChartRenderer {
  /** A packaged chart with its own values → all its documents, CRDs too. @throws PlanError @param what for messages */
  render(archive: Uint8Array, what: string): Promise<string>
}

export interface LocalCharts {
  /** A packaged chart as it is, or the files of a folder; undefined when there is nothing. @throws PlaceError */
  read(path: string, signal: AbortSignal): Promise<Uint8Array | ChartFiles | undefined>
}

export interface HelmOptions {
  /** Charts go to the target too, each as an OCI artifact. */
  readonly carryCharts: boolean
}

/** Bytes of an index that is read: the largest public one has 25 MB. */
export const MAX_INDEX_BYTES = 64 * 1024 * 1024
/** Bytes of a packaged chart: Helm keeps releases in Secrets, so that charts are far smaller. */
export const MAX_PACKAGE_BYTES = 32 * 1024 * 1024
