/** Opens the providers a command needs: where images come from, where they go, and the cache between runs. */
import { join } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'
import type { ManifestCache, RepositoryReader, Sources, Target } from '../../../lib/provider.ts'
import type { State } from '../../../lib/state.ts'
import { formatTarget, type TargetAddress } from '../../../lib/target.ts'
import type { Archive } from '../../../providers/archive/index.ts'
import { openManifestCache } from '../../../providers/cache/manifest-cache.ts'
import type { Hop } from '../../../providers/enclave/index.ts'
import { openLayoutTarget } from '../../../providers/layout/index.ts'
import {
  openProfileFiles,
  openRegistries,
  parseBandwidth,
  type RegistryAccess,
  type RequestRecord,
} from '../../../providers/registry/index.ts'
import type { Stored } from '../other-tools/open-stored.ts'
import { openFolder } from './open-folder.ts'

export interface PlaceArguments {
  readonly authfile?: string | undefined
  /** What the command line calls `authfile`, where that is another tool's. */
  readonly authfileFlag?: string | undefined
  readonly srcAuthfile?: string | undefined
  readonly destAuthfile?: string | undefined
  readonly srcTlsVerify: boolean
  readonly destTlsVerify: boolean
  /** Names of source repositories whose certificates are not checked. */
  readonly insecureSources?: ReadonlySet<string> | undefined
  readonly cacheDir?: string | undefined
  readonly retryTimes: number
  readonly maxRequestsPerSecond?: number | undefined
  readonly bandwidth?: string | undefined
  readonly userAgent?: string | undefined
  /** A PEM file with further authorities, for every host. */
  readonly certificateAuthority?: string | undefined
  /** In place of that of the machine. */
  readonly registriesConf?: string | undefined
}

export interface Places {
  readonly sources: Sources
  readonly target: Target
  readonly cache: ManifestCache
  close(): Promise<void>
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  readonly onRequest?: (request: RequestRecord) => void
}

/** How the target, or the sources, are on the other side of a gap. */
export interface AcrossGap {
  /** An archive is written: the target is not reached, its state stands in for it. */
  readonly isShipped?: boolean
  /** Images come from these only. */
  readonly archives?: readonly Archive[] | undefined
  /** Images come from what another tool left on a disk. */
  readonly stored?: Stored | undefined
  /** What the target is known to hold. */
  readonly state?: State | undefined
  /** Images are read at this target and nowhere else. */
  readonly via?: Hop | undefined
}

/** @throws UsageError for a target that is an archive: it has no state of its own. */
export async function openPlaces(
  args: PlaceArguments,
  address: TargetAddress,
  surroundings: Surroundings,
  gap: AcrossGap = {},
): Promise<Places> {
  if (address.kind === 'archive')
    throw new UsageError(`${formatTarget(address)} is an archive, which is no target by itself`, {
      hint: 'name the registry it is for: --to file://FOLDER --for docker://HOST[/PREFIX]',
    })
  const { registries, sources, cache } = await openSources(args, surroundings, address, gap.via)
  const close = () => registries.close()
  if (gap.isShipped) {
    const { openFarSide } = await import('../../../providers/archive/index.ts')
    return { sources, target: openFarSide(address, gap.state), cache, close }
  }
  const target = address.kind === 'layout' ? openLayoutTarget(address.folder) : registries.target(address)
  if (gap.stored !== undefined) {
    const { openStoredSources } = await import('../other-tools/open-stored.ts')
    return { sources: openStoredSources(gap.stored, gap.state, target), target, cache, close }
  }
  if (gap.archives === undefined) return { sources, target, cache, close }
  const { openCarriedSources } = await import('../archives/open-carried.ts')
  return { sources: openCarriedSources(gap.archives, gap.state, target), target, cache, close }
}

/** Where images are read, without any place that could be changed. */
export interface ReadingPlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
  close(): Promise<void>
}

/** @param via images are read at this target and nowhere else */
export async function openReading(
  args: PlaceArguments,
  surroundings: Surroundings,
  via?: Hop,
): Promise<ReadingPlaces> {
  const { registries, sources, cache } = await openSources(args, surroundings, undefined, via)
  return { sources, cache, close: () => registries.close() }
}

async function openSources(
  args: PlaceArguments,
  { env, home, onRequest }: Surroundings,
  target?: TargetAddress,
  via?: Hop,
): Promise<{
  readonly registries: RegistryAccess
  readonly sources: Sources
  readonly cache: ManifestCache
}> {
  const folder = args.cacheDir ?? cacheFolder(env, home)
  const registries = await openRegistries({
    ...(args.authfile !== undefined && { authFile: args.authfile }),
    ...(args.authfileFlag !== undefined && { authFileFlag: args.authfileFlag }),
    ...(args.srcAuthfile !== undefined && { srcAuthFile: args.srcAuthfile }),
    ...(args.destAuthfile !== undefined && { destAuthFile: args.destAuthfile }),
    profiles: openProfileFiles(folder),
    srcTlsVerify: args.srcTlsVerify,
    destTlsVerify: args.destTlsVerify,
    ...(args.insecureSources !== undefined && { insecureSources: args.insecureSources }),
    retries: args.retryTimes,
    ...(args.maxRequestsPerSecond !== undefined && { maxRequestsPerSecond: args.maxRequestsPerSecond }),
    ...(args.bandwidth !== undefined && { bandwidth: parseBandwidth(args.bandwidth) }),
    ...(args.userAgent !== undefined && { userAgent: args.userAgent }),
    ...(args.registriesConf !== undefined && { registriesConf: args.registriesConf }),
    ...(args.certificateAuthority !== undefined && { authorityFile: args.certificateAuthority }),
    env,
    home,
    ...(target !== undefined && { target }),
    ...(onRequest !== undefined && { onRequest }),
  })
  const layouts = new Map<string, RepositoryReader>()
  const sources: Sources = {
    open(source) {
      if (source.kind === 'registry') return registries.sources.open(source)
      const key = `${source.folder}:${source.tag ?? ''}`
      const known = layouts.get(key) ?? openFolder(source.folder, source.tag, layouts)
      layouts.set(key, known)
      return known
    },
  }
  const cache = openManifestCache(folder)
  if (via === undefined) return { registries, sources, cache }
  const { enclavePlaces } = await import('../../../providers/enclave/index.ts')
  return { registries, ...enclavePlaces(via, sources, cache) }
}

/** `$XDG_CACHE_HOME/mirrorform`, else `~/.cache/mirrorform` (XDG base directory specification). */
export function cacheFolder(env: NodeJS.ProcessEnv, home: string): string {
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'mirrorform')
}
