/** Hands on update graphs: read, parsed, joined, and the ways through them. */
export {
  type ChannelName,
  formatChannelName,
  parseChannelName,
  unknownChannel,
} from './channel-names.ts'
export { listChannels, readChannel } from './channels.ts'
export {
  compareVersions,
  type GraphRelease,
  headOf,
  isVersion,
  nearestVersions,
  type PayloadReference,
  placeOf,
  type Risk,
  type Update,
  type UpdateGraph,
} from './graph.ts'
export { joinGraphs } from './join.ts'
export { parseUpdateGraph } from './parse.ts'
export { findWay, type Hop, reachableFrom, type WayOptions } from './paths.ts'
export { channelText, type GraphQuestion, graphText, graphUrl } from './question.ts'
export { readUpdateGraph } from './read.ts'
