/** Files of a chart → a package as `helm package` makes one, the same bytes every time. */
import { buildLayer } from '../../image-build/index.ts'
import type { ChartFiles } from './unpack-chart.ts'

/** @param name the folder inside the package: the chart's own name */
export function packChart(files: ChartFiles, name: string): Uint8Array {
  return buildLayer([...files].map(([path, bytes]) => ({ path: `${name}/${path}`, bytes }))).bytes
}
