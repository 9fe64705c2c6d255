/** Opens the providers a command needs: where images come from, where they go, and the cache between runs. */
import { join } from 'node:path'
import { UsageError } from '../../lib/errors.ts'
import type { ManifestCache, RepositoryReader, Sources, Target } from '../../lib/provider.ts'
import { formatTarget, type TargetAddress } from '../../lib/target.ts'
import { openManifestCache } from '../../providers/cache/manifest-cache.ts'
import { openLayoutSource, openLayoutTarget } from '../../providers/layout/index.ts'
import {
  openProfileFiles,
  openRegistries,
  parseBandwidth,
  type RegistryAccess,
  type RequestRecord,
} from '../../providers/registry/index.ts'

export interface PlaceArguments {
  readonly authfile?: string | undefined
  readonly srcAuthfile?: string | undefined
  readonly destAuthfile?: string | undefined
  readonly srcTlsVerify: boolean
  readonly destTlsVerify: boolean
  readonly cacheDir?: string | undefined
  readonly retryTimes: number
  readonly maxRequestsPerSecond?: number | undefined
  readonly bandwidth?: string | undefined
  readonly userAgent?: string | undefined
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

/** @throws UsageError for a kind of target this version cannot write. */
export async function openPlaces(
  args: PlaceArguments,
  address: TargetAddress,
  surroundings: Surroundings,
): Promise<Places> {
  if (address.kind === 'archive')
    throw new UsageError(`${formatTarget(address)}: archives are not supported yet by this version`, {
      hint: 'write to a registry (docker://…) or an OCI image layout (oci://…)',
    })
  const { registries, sources, cache } = await openSources(args, surroundings, address)
  return {
    sources,
    target: address.kind === 'layout' ? openLayoutTarget(address.folder) : registries.target(address),
    cache,
    close: () => registries.close(),
  }
}

/** Where images are read, without any place that could be changed. */
export interface ReadingPlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
  close(): Promise<void>
}

export async function openReading(args: PlaceArguments, surroundings: Surroundings): Promise<ReadingPlaces> {
  const { registries, sources, cache } = await openSources(args, surroundings)
  return { sources, cache, close: () => registries.close() }
}

async function openSources(
  args: PlaceArguments,
  { env, home, onRequest }: Surroundings,
  target?: TargetAddress,
): Promise<{
  readonly registries: RegistryAccess
  readonly sources: Sources
  readonly cache: ManifestCache
}> {
  const folder = args.cacheDir ?? cacheFolder(env, home)
  const registries = await openRegistries({
    ...(args.authfile !== undefined && { authFile: args.authfile }),
    ...(args.srcAuthfile !== undefined && { srcAuthFile: args.srcAuthfile }),
    ...(args.destAuthfile !== undefined && { destAuthFile: args.destAuthfile }),
    profiles: openProfileFiles(folder),
    srcTlsVerify: args.srcTlsVerify,
    destTlsVerify: args.destTlsVerify,
    retries: args.retryTimes,
    ...(args.maxRequestsPerSecond !== undefined && { maxRequestsPerSecond: args.maxRequestsPerSecond }),
    ...(args.bandwidth !== undefined && { bandwidth: parseBandwidth(args.bandwidth) }),
    ...(args.userAgent !== undefined && { userAgent: args.userAgent }),
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
      const known = layouts.get(key) ?? openLayoutSource(source.folder, source.tag)
      layouts.set(key, known)
      return known
    },
  }
  return { registries, sources, cache: openManifestCache(folder) }
}

/** `$XDG_CACHE_HOME/mirrorform`, else `~/.cache/mirrorform` (XDG base directory specification). */
export function cacheFolder(env: NodeJS.ProcessEnv, home: string): string {
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'mirrorform')
}
