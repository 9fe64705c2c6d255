/**
 * What `extract` is asked for → a payload that can be read, with its components: by version in the mirror that a state is
 * about, or by reference in whatever registry that names.
 */
import { type MirrorKind, readMirrorPolicies, type SourceMirrors } from '../../../lib/config/index.ts'
import {
  componentsBeside,
  componentsIn,
  type ExtractRequest,
  nameInState,
  pinOf,
  releaseByName,
  releaseInState,
} from '../../../lib/content/release/extract/index.ts'
import { readPayload } from '../../../lib/content/release/payload/index.ts'
import { UsageError } from '../../../lib/errors.ts'
import { parsePlatform } from '../../../lib/oci/platform.ts'
import {
  formatReference,
  parseReference,
  type Reference,
  withDefaultTag,
} from '../../../lib/oci/reference.ts'
import type { ManifestCache } from '../../../lib/provider.ts'
import { openFactCache } from '../../../providers/cache/fact-cache.ts'
import { openStateFile } from '../../../state/index.ts'
import type { Invocation } from '../../invocation.ts'
import { cacheFolder, openPlaces, openReading, type PlaceArguments } from '../places/open-places.ts'
import { readText } from '../read-text.ts'
import { chooseResources } from '../resources/resource-settings.ts'
import type { TargetArguments } from './choose-target.ts'
import { readStateOf, settledFor } from './find-state.ts'

export interface ExtractFromArguments extends TargetArguments, PlaceArguments {
  /** `4.16.8`, `4.16.8-x86_64`, or a reference. */
  readonly release?: string | undefined
  readonly idmsFile?: string | undefined
  readonly icspFile?: string | undefined
}

export interface FoundRelease extends Omit<ExtractRequest, 'command' | 'runsOn'> {
  /** For people: `reg.lan/ocp/openshift/release-images:4.16.8-x86_64`. */
  readonly name: string
  readonly cache: ManifestCache
  /** What a user should know of it. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

/** @throws UsageError, StateError, PlaceError, PlanError */
export async function findRelease(args: ExtractFromArguments, invocation: Invocation): Promise<FoundRelease> {
  const { release } = args
  if (release?.includes('/')) return releaseNamed(withDefaultTag(parseReference(release)), args, invocation)
  if (args.idmsFile !== undefined || args.icspFile !== undefined)
    throw new UsageError('--idms-file and --icsp-file are for a release that is named by reference', {
      hint: 'a version is looked for in the state, which knows where its images are; leave them out',
    })
  return releaseMirrored(release, args, invocation)
}

async function releaseMirrored(
  asked: string | undefined,
  args: ExtractFromArguments,
  invocation: Invocation,
): Promise<FoundRelease> {
  const { statePath } = await chooseResources({ ...args, to: undefined })
  const { state } = await readStateOf(openStateFile(statePath), invocation.output)
  const image = releaseInState(state, asked)
  const settled = args.target === undefined ? args : await settledFor({ ...args, to: undefined })
  const places = await openPlaces(settled, state.target, invocation)
  const { target, cache } = places
  const platforms = image.platforms.map(parsePlatform)
  const name = nameInState(state, image)
  return closingOnError(places, async () => ({
    name,
    payload: await read(
      { reader: target.repository(image.destination.repository), digest: image.digest, name, platforms },
      args,
      invocation,
      cache,
    ),
    pin: pinOf(state, image),
    find: componentsIn(state, target),
    platforms,
    cache,
    notes:
      state.target.kind === 'registry'
        ? []
        : [
            'the mirror is a folder, which no cluster can pull from: the release keeps its name at the source',
          ],
    close: () => places.close(),
  }))
}

async function releaseNamed(
  reference: Reference,
  args: ExtractFromArguments,
  invocation: Invocation,
): Promise<FoundRelease> {
  const mirrors = await mirrorsOf(args)
  const places = await openReading(args, invocation)
  const { sources, cache } = places
  const name = formatReference(reference)
  const ignored = mirrors.length > 0 && reference.digest === undefined
  return closingOnError(places, async () => {
    const { reader, digest, pin } = await releaseByName(
      reference,
      sources,
      mirrors,
      invocation.interrupts.soft.signal,
    )
    return {
      name,
      payload: await read({ reader, digest, name, platforms: [] }, args, invocation, cache),
      pin,
      find: componentsBeside(reference, sources, mirrors),
      platforms: [],
      cache,
      notes: ignored ? [`mirrors are for images by digest: ${name} itself is read where it is named`] : [],
      close: () => places.close(),
    }
  })
}

async function mirrorsOf({ idmsFile, icspFile }: ExtractFromArguments): Promise<readonly SourceMirrors[]> {
  if (idmsFile !== undefined && icspFile !== undefined)
    throw new UsageError('--idms-file and --icsp-file exclude each other', { hint: 'give the one you have' })
  if (idmsFile !== undefined) return rulesIn(idmsFile, 'ImageDigestMirrorSet')
  return icspFile === undefined ? [] : rulesIn(icspFile, 'ImageContentSourcePolicy')
}

async function rulesIn(path: string, kind: MirrorKind): Promise<readonly SourceMirrors[]> {
  const file = { path, text: await readText(path, 'list of mirrors') }
  return readMirrorPolicies(file, kind).flatMap(({ rules }) => rules)
}

function read(
  source: Parameters<typeof readPayload>[0],
  args: ExtractFromArguments,
  { env, home, interrupts }: Invocation,
  cache: ManifestCache,
) {
  const facts = openFactCache(args.cacheDir ?? cacheFolder(env, home))
  return readPayload(source, cache, facts, interrupts.soft.signal)
}

async function closingOnError<T>(places: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await places.close()
    throw error
  }
}
