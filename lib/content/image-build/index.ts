/** Images that mirrorform puts together: layers of files on top of a base image. */
export { appendLayers, MAKER } from './append-layers.ts'
export { buildLayer, type LayerFile, type MadeLayer } from './build-layer.ts'
export { type BaseChild, type BaseImage, type JsonObject, loadBase } from './load-base.ts'
