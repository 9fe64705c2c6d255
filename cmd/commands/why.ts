/**
 * `why`: which images of the state hold a reference or digest, by which way, and who wants them; with `-c` also in which
 * line of the image set, and with a kind: Mirror file through which targets and archives an image came.
 */

import type { ImageContent } from '../../lib/graph/graph.ts'
import { custodyOf, findUses, renderWhy } from '../../lib/report/index.ts'
import { formatDestination } from '../../lib/target.ts'
import type { Command } from '../invocation.ts'
import { custodyPlaces } from '../wiring/archives/custody-places.ts'
import { findState } from '../wiring/target/find-state.ts'
import type { ReferenceArguments } from './state.ts'

export const run: Command<ReferenceArguments> = async (args, { output, width }) => {
  const { loaded } = await findState(args, output)
  const { state } = loaded
  const linesOf =
    args.config === undefined
      ? () => []
      : await (await import('../wiring/content/asking-lines.ts')).askingLines(args.config, args)
  const uses = findUses(state, state.images, args.reference, state.target)
  const { name, before } = await custodyPlaces(args)
  const place = { ...(name !== undefined && { name }), target: state.target, state }
  const chainOf = (image: ImageContent) => custodyOf(image, place, before)
  output.print(
    renderWhy(args.reference, uses, { style: output.style, width, target: state.target, linesOf, chainOf }),
  )
  await output.document({
    format: 'mirrorform-why',
    version: 1,
    query: args.reference,
    uses: uses.map(({ image, routes }) => ({
      destination: formatDestination(state.target, image.destination),
      source: image.source,
      digest: image.digest,
      origins: image.origins.map(origin => {
        const lines = linesOf(origin)
        return { ...origin, ...(lines.length > 0 && { lines }) }
      }),
      routes,
      chain: chainOf(image),
    })),
  })
  return uses.length === 0 ? 1 : 0
}
