/** `import`: takes what is at the target already, where the image set wants something, into the state. */
import { withState } from '../../lib/apply/index.ts'
import { emptyState } from '../../lib/files/fold.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { claimImages } from '../../lib/plan/claim.ts'
import { lineageOf } from '../../lib/plan/lineage.ts'
import { scopeOf } from '../../lib/plan/scope.ts'
import { countOf } from '../../lib/report/index.ts'
import { formatDestination, formatTarget } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'
import { chooseTarget, type TargetArguments } from '../wiring/choose-target.ts'
import type { OperatorArguments } from '../wiring/collect-operators.ts'
import type { ContentArguments } from '../wiring/collect-releases.ts'
import { refuseOtherTarget } from '../wiring/find-state.ts'
import { openPlaces } from '../wiring/open-places.ts'
import { tellReplay } from '../wiring/tell.ts'
import { collectWanted, loadImageSets } from '../wiring/wanted-images.ts'

export interface ImportArguments extends TargetArguments, ContentArguments, OperatorArguments {
  readonly only: readonly string[]
  readonly exclude: readonly string[]
}

export const run: Command<ImportArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  const choice = await chooseTarget(args)
  const { address } = choice
  const imageSets = await loadImageSets(choice.imageSets)
  const inScope = scopeOf(address.kind === 'registry' ? address.prefix : '', args.only, args.exclude)
  const store = openStateFile(choice.statePath)
  const places = await openPlaces(args, address, invocation)
  const announce = (notes: Parameters<typeof tellReplay>[1]) => tellReplay(output, notes)
  try {
    const wanted = await collectWanted(imageSets, args, choice, { places, invocation, held: [] })
    const images = wanted.images.filter(image => inScope(image.destination, formatSource(image.source)))
    const { taken, absent, known } = await withState(store, 'import', announce, async loaded => {
      refuseOtherTarget(loaded, address, store.name)
      const born = digestOf(`import ${formatTarget(address)}`)
      const state = loaded?.state ?? emptyState(lineageOf(born), address)
      const claimed = await claimImages(images, state, places.target, places.cache, interrupts.soft.signal)
      if (claimed.taken.length > 0) await store.write(claimed.state)
      return claimed
    })
    const names = (list: readonly { readonly destination: (typeof images)[number]['destination'] }[]) =>
      list.map(image => formatDestination(address, image.destination))
    for (const name of names(taken)) output.print(`  + ${name}`)
    output.print(
      `${countOf(taken.length, 'image')} taken into ${store.name}, ${known.length} known already, ${absent.length} not at the target.`,
    )
    await output.document({
      format: 'mirrorform-import',
      version: 1,
      target: formatTarget(address),
      taken: names(taken),
      known: names(known),
      absent: names(absent),
    })
    return 0
  } finally {
    await places.close()
  }
}
