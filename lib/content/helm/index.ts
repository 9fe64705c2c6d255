/** `mirror.helm`: charts, rendered, and the images they name. */
export { CHART_CONFIG, CHART_LAYER } from './carry-chart.ts'
export { ignoredBy } from './chart/helm-ignore.ts'
export { packChart } from './chart/pack-chart.ts'
export { readMetadata } from './chart/read-metadata.ts'
export { type ChartFiles, MAX_CHART_BYTES, MAX_CHART_FILES, MAX_FILE_BYTES } from './chart/unpack-chart.ts'
export { collectHelm } from './collect.ts'
export {
  type ChartPlaces,
  type ChartRenderer,
  type HelmOptions,
  type LocalCharts,
  MAX_PACKAGE_BYTES,
} from './places.ts'
export { KUBERNETES_VERSION } from './render/capabilities.ts'
export { RELEASE_NAME as HELM_RELEASE } from './render/render-chart.ts'
