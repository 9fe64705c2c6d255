/**
 * `import`: takes what is at the target already into the state, where the image set wants something, or where a workspace of
 * oc-mirror v2 says that it was put.
 */
import { withState } from '../../lib/apply/index.ts'
import { emptyState } from '../../lib/files/fold.ts'
import { formatSource, joinPlaced, type PlacedImage } from '../../lib/graph/naming.ts'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import { claimImages } from '../../lib/plan/claim.ts'
import { lineageOf } from '../../lib/plan/lineage.ts'
import { scopeOf } from '../../lib/plan/scope.ts'
import { countOf } from '../../lib/report/index.ts'
import type { StateImage } from '../../lib/state.ts'
import { destinationKey, formatDestination, formatTarget } from '../../lib/target.ts'
import type { Hop } from '../../providers/enclave/index.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import type { OperatorArguments } from '../wiring/content/collect-operators.ts'
import type { ContentArguments } from '../wiring/content/collect-releases.ts'
import { inputsOf, type MappedArguments, withMappings } from '../wiring/mapping/with-mappings.ts'
import { uncheckedStorage } from '../wiring/other-tools/history-of.ts'
import { wantedWithHistory } from '../wiring/other-tools/import-history.ts'
import { openPlaces, type Places } from '../wiring/places/open-places.ts'
import { chooseTarget, type TargetArguments, type TargetChoice } from '../wiring/target/choose-target.ts'
import { refuseOtherTarget } from '../wiring/target/find-state.ts'
import { hopOf } from '../wiring/target/open-hop.ts'
import { withRoute } from '../wiring/target/target-settings.ts'
import { tellReplay } from '../wiring/tell.ts'
import { type LoadedImageSets, loadImageSets } from '../wiring/wanted-images.ts'

export interface ImportArguments
  extends TargetArguments,
    ContentArguments,
    OperatorArguments,
    MappedArguments {
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  /** The folder with `working-dir` in it. */
  readonly ocMirrorWorkspace?: string | undefined
}

export const run: Command<ImportArguments> = async (given, invocation) => {
  const { output, interrupts } = invocation
  const args = await withMappings(given, invocation)
  const choice = await chooseTarget(args)
  const { address } = choice
  const inputs = await inputsOf(args, choice, invocation)
  const isWhole = (args.ocMirrorWorkspace !== undefined || inputs.length > 0) && choice.imageSets.length === 0
  const imageSets = isWhole ? undefined : await loadImageSets(choice.imageSets)
  const inScope = scopeOf(address.kind === 'registry' ? address.prefix : '', args.only, args.exclude)
  const store = openStateFile(choice.statePath)
  const via = await hopOf(choice.route)
  const reached = { ...withRoute(args, choice.route), insecureSources: uncheckedStorage(imageSets) }
  const places = await openPlaces(reached, address, invocation, { via })
  const announce = (notes: Parameters<typeof tellReplay>[1]) => tellReplay(output, notes)
  try {
    const wanted = await wantedBy(args, imageSets, choice, { places, invocation, via })
    const besides: PlacedImage[] = []
    for (const input of inputs) {
      const { images, notes } = await input.collect(choice, {
        places,
        invocation,
        held: [],
        state: undefined,
      })
      besides.push(...images)
      for (const note of notes) output.note(note)
    }
    const images = joinPlaced(address, [...wanted.images, ...besides]).filter(image =>
      inScope(image.destination, formatSource(image.source)),
    )
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
    const other = wanted.expected && names(taken.filter(isOther(wanted.expected)))
    for (const name of names(taken)) output.print(`  + ${name}`)
    if (other !== undefined) {
      for (const note of wanted.notes) output.note(note)
      for (const name of names(absent)) output.print(`  ! ${name} is not there`)
      for (const name of other) output.print(`  ! ${name} is another image than oc-mirror put there`)
    }
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
      ...(other && { other }),
    })
    return 0
  } finally {
    await places.close()
  }
}

interface WantedHere {
  readonly images: readonly PlacedImage[]
  readonly notes: readonly string[]
  /** What a workspace says should be there, by `repository:tag`. */
  readonly expected?: ReadonlyMap<string, Digest>
}

async function wantedBy(
  args: ImportArguments,
  imageSets: LoadedImageSets | undefined,
  choice: TargetChoice,
  { places, invocation, via }: { places: Places; invocation: Invocation; via: Hop | undefined },
): Promise<WantedHere> {
  const folder = args.ocMirrorWorkspace
  if (folder !== undefined) {
    const { imagesOfWorkspace } = await import('../wiring/other-tools/adopt-workspace.ts')
    return imagesOfWorkspace(folder, imageSets, args, choice, places, invocation)
  }
  if (imageSets === undefined) return { images: [], notes: [] }
  return wantedWithHistory(imageSets, args, choice, { places, invocation, via })
}

function isOther(expected: ReadonlyMap<string, Digest>) {
  return ({ destination, digest }: StateImage): boolean =>
    (expected.get(destinationKey(destination)) ?? digest) !== digest
}
