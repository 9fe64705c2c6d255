/** From image set files to placed images: reads, checks all files together, expands, blocks and names. */
import { type ImageSet, parseImageSet } from '../../lib/config/index.ts'
import type { KeptDocument } from '../../lib/content/documents.ts'
import { collectAdditionalImages, isBlocked } from '../../lib/content/images/index.ts'
import { settleAll } from '../../lib/content/release/failures.ts'
import type { Selection } from '../../lib/content/selection.ts'
import type { WantedImage } from '../../lib/content/wanted.ts'
import { UsageError } from '../../lib/errors.ts'
import type { IncompleteBundle } from '../../lib/graph/graph.ts'
import { formatSource, type PlacedImage, placeImages, placeRepository } from '../../lib/graph/naming.ts'
import type { PlanInput } from '../../lib/plan/plan.ts'
import { type Destination, formatDestination } from '../../lib/target.ts'
import { collectCharts } from './content/collect-charts.ts'
import {
  type CollectedOperators,
  collectOperators,
  type OperatorArguments,
  type Pin,
} from './content/collect-operators.ts'
import { type CollectingPlaces, type ContentArguments, collectReleases } from './content/collect-releases.ts'
import { readSampleFiles, type SampleArguments } from './content/read-samples.ts'
import { readConfigurations } from './read-configurations.ts'
import type { TargetChoice } from './target/choose-target.ts'

export interface WantedSet {
  readonly images: readonly PlacedImage[]
  readonly inputs: readonly PlanInput[]
  readonly selections: readonly Selection[]
  readonly documents: readonly KeptDocument[]
  /** Where images are wanted that cannot be had now: what is there stays. */
  readonly stays?: readonly Destination[]
  /** Bundles of operators with a reference that no registry could be asked for. */
  readonly incomplete: readonly IncompleteBundle[]
  /** What catalogs were pinned to. */
  readonly pins: readonly Pin[]
  /** What a blockedImages entry keeps out, and what a reviewer should know of the choice. */
  readonly notes: readonly string[]
}

export interface LoadedImageSets {
  readonly imageSets: readonly ImageSet[]
  readonly inputs: readonly PlanInput[]
}

/** @throws ConfigError with the problems of all files, UsageError when there is no file or one cannot be read. */
export async function loadImageSets(paths: readonly string[]): Promise<LoadedImageSets> {
  if (paths.length === 0)
    throw new UsageError('no image set', {
      hint: 'name one with -c FILE, or write a first one with `mirrorform init`',
    })
  const { parsed: imageSets, inputs } = await readConfigurations(paths, 'image set', parseImageSet)
  return { imageSets, inputs }
}

/**
 * Everything the image sets ask for, placed. Nothing that a blockedImages entry of the same image set matches is in it.
 *
 * @throws ConfigError, PlanError naming everything that cannot be had, PlaceError
 */
export async function collectWanted(
  { imageSets, inputs }: LoadedImageSets,
  args: ContentArguments & OperatorArguments,
  choice: TargetChoice,
  collecting: Omit<CollectingPlaces, 'choice'>,
): Promise<WantedSet> {
  const { address, maxNestedPaths } = choice
  const samples = await collectSampleImages(imageSets, args)
  const releasing = collectReleases(imageSets, args, { ...collecting, choice })
  const operating = collectOperators(imageSets, args, { ...collecting, choice })
  const charting = collectCharts(imageSets, args, { ...collecting, choice })
  await settleAll<unknown>([releasing, operating, charting], collecting.invocation.interrupts.soft.signal)
  const [releases, operators, charts] = [await releasing, await operating, await charting]
  const collected = [releases.images, operators.images, charts.images, samples]
  const { wanted, notes } = withoutBlocked(imageSets, collected, choice)
  const mayMeet = operators.pins.length > 0 || charts.images.size > 0
  const apart = mayMeet ? await keepApart(wanted) : { images: wanted, notes: [] }
  return {
    images: placeImages(address, apart.images, maxNestedPaths),
    inputs,
    selections: [...releases.selections, ...operators.selections, ...charts.selections],
    documents: [...releases.documents, ...charts.documents],
    incomplete: unblocked(operators),
    pins: operators.pins,
    notes: [...notes, ...releases.notes, ...operators.notes, ...charts.notes, ...apart.notes],
  }
}

/** Found before anybody is asked for anything: what may be wrong is in files that are here. */
async function collectSampleImages(
  imageSets: readonly ImageSet[],
  args: SampleArguments,
): Promise<ReadonlyMap<ImageSet, readonly WantedImage[]>> {
  const inventory = await readSampleFiles(args)
  const asking = imageSets.filter(({ samples = [] }) => samples.length > 0)
  if (asking.length === 0) return new Map()
  const { collectSamples } = await import('../../lib/content/samples/index.ts')
  return new Map(asking.map(set => [set, collectSamples(set.samples ?? [], inventory)]))
}

async function keepApart(wanted: readonly WantedImage[]) {
  const { keepTagsApart } = await import('../../lib/content/operator/index.ts')
  return keepTagsApart(wanted)
}

/** What is blocked is not missed. */
function unblocked({ incomplete }: CollectedOperators): readonly IncompleteBundle[] {
  return [...incomplete].flatMap(([{ blocked }, bundles]) =>
    bundles.flatMap(bundle => {
      const missing = bundle.missing.filter(({ image }) => isBlocked(blocked, image, image) === undefined)
      return missing.length === 0 ? [] : [{ ...bundle, missing }]
    }),
  )
}

function withoutBlocked(
  imageSets: readonly ImageSet[],
  collected: readonly ReadonlyMap<ImageSet, readonly WantedImage[]>[],
  { address, maxNestedPaths }: TargetChoice,
): { readonly wanted: readonly WantedImage[]; readonly notes: readonly string[] } {
  const leftOut = new Map<string, Set<string>>()
  const wanted = imageSets.flatMap(imageSet =>
    [...collectAdditionalImages(imageSet), ...collected.flatMap(each => each.get(imageSet) ?? [])].filter(
      image => {
        const source = formatSource(image.source)
        const repository = placeRepository(address, image.repository, maxNestedPaths)
        const destination = formatDestination(address, { repository, tag: image.tag })
        const rule = isBlocked(imageSet.blocked, source, destination)
        if (rule !== undefined)
          leftOut.set(rule.text, (leftOut.get(rule.text) ?? new Set()).add(nameOf(image, source)))
        return rule === undefined
      },
    ),
  )
  return { wanted, notes: [...leftOut].flatMap(([rule, names]) => blockedNotes(rule, [...names])) }
}

/** The component of a release is told by where it would go: at its source it has no name but its digest. */
function nameOf(image: WantedImage, source: string): string {
  const isOfRelease = image.origins.some(({ kind }) => kind === 'release')
  return isOfRelease ? `${image.repository}:${image.tag}` : source
}

/** Images that one rule keeps out, each with a note of its own; of more than these, one note names the first. */
const NOTED_IMAGES = 3

function blockedNotes(rule: string, names: readonly string[]): readonly string[] {
  if (names.length <= NOTED_IMAGES)
    return names.map(name => `${name} is left out: blockedImages says ${rule}`)
  const first = names.slice(0, NOTED_IMAGES).join(', ')
  return [`${first} and ${names.length - NOTED_IMAGES} more are left out: blockedImages says ${rule}`]
}
