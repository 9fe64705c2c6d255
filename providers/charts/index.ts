/** Helm charts: of OCI registries, and on disk. */
export { type HelmBinary, openHelmBinary } from './helm-binary.ts'
export { openLocalCharts } from './local-charts.ts'
export { withOciCharts } from './oci-documents.ts'
