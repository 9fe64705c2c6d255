/** The image of graph data, as the target on the way has it: what it was made of stayed where it was made. */
import { GRAPH_IMAGE } from '../../lib/content/release/index.ts'
import type { WantedImage } from '../../lib/content/wanted.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import { noGraphImage } from './enclave-error.ts'
import type { Hop } from './hop.ts'

/** @throws EnclaveError when it has none */
export function heldGraphImage(hop: Hop): WantedImage {
  const image = hop.state.images.find(({ origins }) => origins.some(({ kind }) => kind === 'graphData'))
  if (image === undefined) throw noGraphImage(hop)
  return {
    source: parseSource(image.source),
    ...GRAPH_IMAGE,
    platforms: [],
    origins: [{ kind: 'graphData' }],
  }
}
