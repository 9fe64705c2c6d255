/**
 * Images of a state -> a registries.conf with which other tools read them where this target holds them, by their original
 * names (oc-mirror v2, "enclaves"). mirrorform itself reads by the state, which knows every tag; this text says as much of
 * it as such rules can, for a person to look at and for tools that know only them.
 *
 * Unlike what nodes are told, it names catalogs, samples and graph data too: here they are sources.
 */
import { parseSource } from '../graph/naming.ts'
import { type RepositoryPath, repositoryName } from '../oci/reference.ts'
import type { StateImage } from '../state.ts'
import { compareText } from '../target.ts'
import { registryOf } from './mirror-registry.ts'
import { mirrorRules } from './mirror-rules.ts'
import { type MirroredRepository, repositoryText } from './mirrored-repositories.ts'
import { registriesConf } from './registries-conf.ts'
import type { HeldImages } from './resource.ts'

/**
 * undefined where there is nothing to say.
 *
 * @param maxNestedPaths as the target was filled; 0: paths were not folded
 * @throws ResourceError when the target is a folder
 */
export function readingConf(held: HeldImages, maxNestedPaths: number): string | undefined {
  return registriesConf(mirrorRules(readRepositories(held), maxNestedPaths))
}

/** Each once for each way, sorted. */
function readRepositories({ target, images }: HeldImages): readonly MirroredRepository[] {
  const { host } = registryOf(target)
  const found = new Map<string, MirroredRepository>()
  for (const image of images) {
    const source = parseSource(image.source)
    if (source.kind !== 'registry') continue
    const from = { host: source.reference.host, path: source.reference.path }
    const mirror: { host: string; path: RepositoryPath } = { host, path: image.destination.repository }
    if (repositoryText(from) === repositoryText(mirror)) continue
    for (const by of isNamedAlike(image) ? (['digest', 'tag'] as const) : (['digest'] as const))
      found.set([by, repositoryText(from), repositoryText(mirror)].join(' '), {
        category: 'generic',
        by,
        source: from,
        mirror,
      })
  }
  return [...found.entries()].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each)
}

/** Whether the tag that it is asked for by is the one that it has here: a rule cannot say any other. */
function isNamedAlike({ source, destination, origins }: StateImage): boolean {
  const parsed = parseSource(source)
  if (parsed.kind !== 'registry') return false
  const { reference } = parsed
  if (reference.tag !== undefined) return reference.tag === destination.tag
  return origins.some(
    origin =>
      (origin.kind === 'catalog' && origin.catalog === `${repositoryName(reference)}:${destination.tag}`) ||
      (origin.kind === 'release' && origin.component === undefined),
  )
}
