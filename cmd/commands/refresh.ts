/** `refresh`: brings the state in line with what the target really holds. The target is only asked. */
import { withState } from '../../lib/apply/index.ts'
import { refreshState } from '../../lib/plan/refresh.ts'
import { surveyTags } from '../../lib/plan/survey.ts'
import { countOf } from '../../lib/report/index.ts'
import { formatDestination } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'
import { openPlaces, type PlaceArguments } from '../wiring/places/open-places.ts'
import type { TargetArguments } from '../wiring/target/choose-target.ts'
import { existing, settledFor, statePathOf } from '../wiring/target/find-state.ts'
import { tellReplay } from '../wiring/tell.ts'

export interface RefreshArguments extends TargetArguments, PlaceArguments {
  readonly detailedExitcode: boolean
}

export const run: Command<RefreshArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  const store = openStateFile(await statePathOf(args))
  const settled = await settledFor(args)
  const announce = (notes: Parameters<typeof tellReplay>[1]) => tellReplay(output, notes)
  const { drift, images } = await withState(store, 'refresh', announce, async loaded => {
    const { state } = existing(loaded, store)
    const places = await openPlaces(settled, state.target, invocation)
    try {
      const destinations = state.images.map(image => image.destination)
      const refreshed = refreshState(
        state,
        await surveyTags(places.target, destinations, interrupts.soft.signal),
      )
      await store.write(refreshed.state)
      const drift = refreshed.drift.map(({ image, found }) => ({
        destination: formatDestination(state.target, image.destination),
        digest: image.digest,
        found,
      }))
      return { drift, images: refreshed.state.images.length }
    } finally {
      await places.close()
    }
  })
  for (const { destination, found } of drift)
    output.print(`${destination}: ${found === 'absent' ? 'is gone' : 'was replaced'}; no longer in the state`)
  output.print(
    drift.length === 0
      ? `The target holds all ${countOf(images, 'image')} of the state as they were left.`
      : `${countOf(drift.length, 'image')} drifted, ${images} remain in the state. Plan again to bring back what is wanted.`,
  )
  await output.document({ format: 'mirrorform-refresh', version: 1, images, drift })
  return args.detailedExitcode && drift.length > 0 ? 2 : 0
}
