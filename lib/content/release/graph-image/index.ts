/** Hands on the image that carries update-graph data. */
export {
  collectGraphImage,
  GRAPH_BASE_IMAGE,
  GRAPH_DATA_URL,
  GRAPH_IMAGE,
  type GraphImagePlaces,
  type GraphImageRequest,
} from './collect.ts'
