/**
 * Deletes that somebody asks for by file: of the images that the state owns those that are named, and nothing else. Nothing
 * is read at any source, and nothing is sent.
 */
import { parseDeleteSet } from '../../lib/config/index.ts'
import { type ChosenDeletes, selectDeletes } from '../../lib/content/deletes/index.ts'
import { UsageError } from '../../lib/errors.ts'
import type { ImageContent, Origin } from '../../lib/graph/graph.ts'
import { placeRepository } from '../../lib/graph/naming.ts'
import { describeOrigin } from '../../lib/graph/origins.ts'
import type { PlanInput } from '../../lib/plan/plan.ts'
import { countOf } from '../../lib/report/index.ts'
import type { State } from '../../lib/state.ts'
import { destinationKey, formatDestination } from '../../lib/target.ts'
import { type PlanSetting, type Subject, scopeIn } from './plan-setting.ts'
import { readConfigurations } from './read-configurations.ts'
import { abilitiesFor } from './target/abilities-for.ts'
import type { TargetChoice } from './target/choose-target.ts'

/** Says which images of a state are to go. */
export interface DeleteInput {
  /** Files it was read from. */
  readonly inputs: readonly PlanInput[]
  select(state: State, choice: TargetChoice): ChosenDeletes
}

export interface DeleteArguments {
  /** In place of what files of `-c` say is to be deleted. */
  readonly deletes?: DeleteInput | undefined
  readonly destroy: boolean
  readonly skipDeletes: boolean
  readonly from: readonly string[]
  readonly mapping?: readonly string[] | undefined
  readonly resources?: string | undefined
  readonly wantedInputs?: readonly unknown[] | undefined
}

/** Images of one kind that a note tells one by one. */
const TOLD = 3

/** @throws UsageError where something is asked for besides, ConfigError */
export async function deletesOf(args: DeleteArguments, choice: TargetChoice): Promise<DeleteInput> {
  refuseBesides(args, choice)
  return args.deletes ?? readDeleteSets(choice.imageSets)
}

/** @throws UsageError, ConfigError with the problems of all files */
async function readDeleteSets(paths: readonly string[]): Promise<DeleteInput> {
  if (paths.length === 0)
    throw new UsageError('--delete needs a file that says what to delete', {
      hint: 'name one with -c FILE, kind: DeleteImageSetConfiguration',
    })
  const { parsed: sets, inputs } = await readConfigurations(paths, 'configuration', parseDeleteSet)
  return {
    inputs,
    select: (state, { address, maxNestedPaths }) =>
      selectDeletes(sets, state.images, repository => placeRepository(address, repository, maxNestedPaths)),
  }
}

function refuseBesides(args: DeleteArguments, choice: TargetChoice): void {
  const given = [
    ['--destroy', args.destroy],
    ['--skip-deletes', args.skipDeletes],
    ['--from', args.from.length > 0],
    ['--to file://', choice.archive !== undefined],
    ['--resources', args.resources !== undefined],
    ['--mapping', args.mapping !== undefined],
    ['a list of what to mirror', (args.wantedInputs?.length ?? 0) > 0],
  ].find(([, isGiven]) => isGiven)
  if (given === undefined) return
  throw new UsageError(`--delete and ${given[0]} exclude each other`, {
    hint: '--delete plans the deletion of what its file names, at the target itself, and nothing else',
  })
}

/**
 * What is named goes, what something else asks for loses an origin, and everything else is left alone.
 *
 * @throws UsageError where there is no state
 */
export async function chooseDeletes(deletes: DeleteInput, setting: PlanSetting): Promise<Subject> {
  const { args, choice, places, loaded, signal } = setting
  if (loaded === undefined)
    throw new UsageError(
      `there is no state ${choice.statePath}, so nothing at the target is ours to delete`,
      {
        hint: 'name the state with --state; take what another tool mirrored into one with `mirrorform import`',
      },
    )
  const { state } = loaded
  const { going, staying, notes } = deletes.select(state, choice)
  const isMeant = scopeIn(setting)
  const images = staying.filter(({ destination, source }) => isMeant(destination, source))
  const touched = new Set([...going, ...images].map(({ destination }) => destinationKey(destination)))
  return {
    graph: { images, manifests: state.manifests, blobs: state.blobs, made: new Map() },
    elsewhere: state.images.flatMap(({ destination }) =>
      touched.has(destinationKey(destination)) ? [] : [destination],
    ),
    withheld: { incomplete: [], withheld: [] },
    abilities: await abilitiesFor(places.target, args, choice, [], signal),
    missing: [],
    onlyDeletes: true,
    inputs: deletes.inputs,
    selections: [],
    documents: [],
    notes: [...notes, ...stayNotes(images, choice), ...catalogNotes(state, going, images)],
  }
}

function stayNotes(staying: readonly ImageContent[], { address }: TargetChoice): readonly string[] {
  if (staying.length === 0) return []
  const told = staying.slice(0, TOLD).map(({ destination, origins: [origin] }) => {
    const why = origin === undefined ? '' : ` (${describeOrigin(origin)})`
    return `${formatDestination(address, destination)}${why}`
  })
  if (staying.length > TOLD) told.push(`${staying.length - TOLD} more`)
  const these = `${countOf(staying.length, 'image')} of what is named ${staying.length === 1 ? 'stays' : 'stay'}`
  return [`${these}, because something else asks for the same: ${told.join(', ')}`]
}

/** A catalog that stays lists what is gone, and clusters go on offering it. */
function catalogNotes(
  { images }: State,
  going: readonly ImageContent[],
  staying: readonly ImageContent[],
): readonly string[] {
  const gone = new Set(going.map(({ destination }) => destinationKey(destination)))
  const left = images.filter(({ destination }) => !gone.has(destinationKey(destination)))
  const catalogs = new Set(left.flatMap(({ origins }) => catalogsIn(origins, 'catalog')))
  const touched = new Set([...going, ...staying].flatMap(({ origins }) => catalogsIn(origins, 'bundle')))
  return [...catalogs]
    .filter(catalog => touched.has(catalog))
    .map(
      catalog =>
        `the catalog ${catalog} stays as it is and may still list what goes; take that out of the image set and apply it, which makes the catalog without it`,
    )
}

function catalogsIn(origins: readonly Origin[], kind: 'catalog' | 'bundle'): readonly string[] {
  return origins.flatMap(origin => (origin.kind === kind ? [origin.catalog] : []))
}
