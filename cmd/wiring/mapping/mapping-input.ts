/**
 * Mapping files, or the words of a command line, -> a wanted input: what they name goes where they say, as far as that is
 * the target that is planned for.
 */
import { text as readStream } from 'node:stream/consumers'
import type { SourceFile } from '../../../lib/config/index.ts'
import {
  collectMapped,
  insideTarget,
  listFilter,
  type MappedOptions,
  type Mapping,
  parseMappings,
  tagPattern,
} from '../../../lib/content/mapping/index.ts'
import { UsageError } from '../../../lib/errors.ts'
import { placeImages, placeRepository } from '../../../lib/graph/naming.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import type { PlanInput } from '../../../lib/plan/plan.ts'
import { countOf } from '../../../lib/report/index.ts'
import type { State } from '../../../lib/state.ts'
import { type Destination, formatTarget } from '../../../lib/target.ts'
import type { Invocation } from '../../invocation.ts'
import { isDiskReference, openDisk } from '../places/disk-images.ts'
import { readText } from '../read-text.ts'
import { NOTHING_WANTED, type WantedInput } from '../wanted-inputs.ts'
import type { MappingArguments } from './mapping-arguments.ts'

export interface LoadedMappings {
  readonly mappings: readonly Mapping[]
  readonly inputs: readonly PlanInput[]
}

const STDIN = '-'

/**
 * @param fileRoot the folder of `file://` sources, which has to hold images where a line names one
 * @param more further lines, which came with the command itself
 * @throws ConfigError with the problems of all, UsageError, PlaceError
 */
export async function readMappings(
  paths: readonly string[],
  fileRoot: string | undefined,
  { stdin }: Pick<Invocation, 'stdin'>,
  more: readonly SourceFile[] = [],
): Promise<LoadedMappings> {
  if (paths.filter(path => path === STDIN).length > 1)
    throw new UsageError('stdin can be read once only', { hint: 'give "-" once' })
  const files: SourceFile[] = []
  for (const path of paths)
    files.push(
      path === STDIN
        ? { path: 'stdin', text: await readStream(stdin) }
        : { path, text: await readText(path, 'mapping') },
    )
  const mappings = parseMappings([...more, ...files], { fileRoot })
  if (mappings.length === 0)
    throw new UsageError(`${[...more, ...files].map(({ path }) => path).join(', ')}: there is no mapping`, {
      hint: 'write SRC=DST, or SRC DST [DST2 …], one source in a line',
    })
  const readsFiles = mappings.some(({ source }) => isDiskReference(source.name))
  if (fileRoot !== undefined && readsFiles) await openDisk(fileRoot)
  return { mappings, inputs: files.map(({ path, text }) => ({ path, digest: digestOf(text) })) }
}

export interface MappingInput extends WantedInput {
  /** How many images were left out because their source did not give them; known after planning. */
  readonly missed: () => number
}

export function mappingInput({ mappings, inputs }: LoadedMappings, options: MappedOptions): MappingInput {
  let missed = 0
  return {
    inputs,
    missed: () => missed,
    async collect({ address, maxNestedPaths }, { places, invocation, state }) {
      const { inside, own, elsewhere } = insideTarget(address, mappings)
      const signal = invocation.interrupts.soft.signal
      const { images, missing, notes } = await collectMapped(inside, places, options, signal)
      missed = missing.length
      const others = [...elsewhere].map(([host, count]) => `${countOf(count, 'mapping')} to ${host}`)
      return {
        ...NOTHING_WANTED,
        images: placeImages(address, images, maxNestedPaths),
        stays: [...missing, ...own].flatMap(place => {
          const repository = placeRepository(address, place.repository, maxNestedPaths)
          if ('tags' in place) return heldThere(state, repository, place.tags)
          return place.tag === undefined ? [] : [{ repository, tag: place.tag }]
        }),
        inputs,
        notes: [
          ...(others.length > 0
            ? [`not in this plan for ${formatTarget(address)}: ${others.join(', ')}`]
            : []),
          ...own.map(({ source }) => `${source.name} is its own destination: it stays as it is`),
          ...notes,
        ],
      }
    },
  }
}

/** What a wildcard may have brought before. */
function heldThere(
  state: State | undefined,
  repository: RepositoryPath,
  tags: string,
): readonly Destination[] {
  const isMeant = tagPattern(tags)
  const held = state?.images.map(({ destination }) => destination) ?? []
  return held.filter(each => each.repository === repository && isMeant.test(each.tag))
}

/** What is said of the images of mappings. @throws UsageError */
export function mappedOptions({
  filterByOs,
  keepManifestList,
  skipMissing,
}: MappingArguments): MappedOptions {
  return {
    filter: listFilter(filterByOs, keepManifestList ?? false),
    tolerance: skipMissing ? 'missing' : 'nothing',
  }
}

/** The mapping files of a target in a kind: Mirror file. @throws UsageError, ConfigError */
export async function mappingsOfTarget(
  paths: readonly string[],
  args: MappingArguments,
  invocation: Pick<Invocation, 'stdin'>,
): Promise<WantedInput> {
  return mappingInput(await readMappings(paths, args.fromDir, invocation), mappedOptions(args))
}
