/** A chart as data, with the charts it brings along. */
import type { Dict } from '../template/value.ts'
import type { ChartFiles } from './unpack-chart.ts'

export interface Chart {
  /** Its name is the alias, where its parent gives it one. */
  readonly metadata: ChartMetadata
  /** Its own defaults. */
  readonly values: Dict
  /** Below `templates/`, partials (`_helpers.tpl`) included. */
  readonly templates: ReadonlyMap<string, string>
  /** Below `crds/`. */
  readonly crds: ReadonlyMap<string, string>
  /** Everything else: what `.Files` gives. */
  readonly files: ChartFiles
  readonly subcharts: readonly Chart[]
}

export interface ChartMetadata {
  readonly name: string
  readonly version: string
  /** Absent means `application`. */
  readonly type: 'application' | 'library'
  readonly dependencies: readonly Dependency[]
  /** Chart.yaml as it is written, for `.Chart`. */
  readonly written: Dict
}

export interface Dependency {
  readonly name: string
  readonly version: string
  readonly alias?: string
  /** Paths in the values, separated by commas: the first that is a switch decides. */
  readonly condition?: string
  readonly tags: readonly string[]
  readonly importValues: readonly ImportedValues[]
}

/** Values of a subchart that its parent takes over. */
export interface ImportedValues {
  /** Paths with dots; `.` is the top. */
  readonly child: string
  readonly parent: string
}
