/** A registry as a target: its repositories, and what it can do, asked at most once for each ability. */
import { PlaceError } from '../../../lib/errors.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import type {
  Ability,
  AbilityKeeper,
  ImmutabilityTeller,
  ImmutableTag,
  ProjectMaker,
  ProjectTeller,
  Target,
  TargetAbilities,
  TargetRepository,
} from '../../../lib/provider.ts'
import type { Destination, TargetAddress } from '../../../lib/target.ts'
import { SingleFlight } from '../http/single-flight.ts'
import type { RepositoryAt } from '../repository-at.ts'
import {
  probeDeleteManifest,
  probeDeleteTag,
  probeReferrers,
  probeSparseIndex,
  type ReferrersProbe,
} from './abilities.ts'
import { createProject } from './harbor-api.ts'
import { findMissingProjects } from './harbor-projects.ts'
import { findImmutableTags } from './immutable-tags.ts'
import { RegistryRepository } from './target-repository.ts'

type Asked = keyof TargetAbilities

export class RegistryTarget
  implements Target, ProjectTeller, ProjectMaker, ImmutabilityTeller, AbilityKeeper
{
  readonly address: TargetAddress
  readonly #locate: (path: RepositoryPath) => RepositoryAt
  readonly #approve: (projects: readonly string[]) => void
  readonly #repositories = new Map<RepositoryPath, TargetRepository>()
  readonly #uploads = new SingleFlight<'mounted' | 'uploaded'>()
  readonly #known = new Map<Asked, Promise<Ability>>()
  #referrers: Promise<ReferrersProbe> | undefined

  /**
   * @param locate throws when registries.conf blocks the path
   * @param approve tells the guard which projects may be made
   */
  constructor(
    address: TargetAddress,
    locate: (path: RepositoryPath) => RepositoryAt,
    approve: (projects: readonly string[]) => void,
  ) {
    this.address = address
    this.#locate = locate
    this.#approve = approve
  }

  /** @throws BlockedRegistryError */
  repository(path: RepositoryPath): TargetRepository {
    const known = this.#repositories.get(path)
    if (known !== undefined) return known
    const made = new RegistryRepository(this.#locate(path), this.#uploads)
    this.#repositories.set(path, made)
    return made
  }

  async abilities(
    repository: RepositoryPath,
    asked: readonly Asked[],
    signal: AbortSignal,
  ): Promise<TargetAbilities> {
    const at = this.#locate(repository)
    const answer = async (ability: Asked): Promise<Ability> =>
      asked.includes(ability)
        ? this.#ask(ability, at, signal)
        : ((await this.#known.get(ability)) ?? 'unknown')
    const [deleteTag, deleteManifest, sparseIndex, referrersApi] = await Promise.all([
      answer('deleteTag'),
      answer('deleteManifest'),
      answer('sparseIndex'),
      answer('referrersApi'),
    ])
    return { deleteTag, deleteManifest, sparseIndex, referrersApi }
  }

  missingProjects(repositories: readonly RepositoryPath[], signal: AbortSignal): Promise<readonly string[]> {
    return findMissingProjects(repositories.map(this.#locate), signal)
  }

  approveProjects(names: readonly string[]): void {
    this.#approve(names)
  }

  createProject(name: string, signal: AbortSignal): Promise<void> {
    return createProject(this.#locate(name as RepositoryPath), name, signal)
  }

  immutableTags(tags: readonly Destination[], signal: AbortSignal): Promise<readonly ImmutableTag[]> {
    return findImmutableTags(
      tags.map(({ repository, tag }) => ({ at: this.#locate(repository), tag })),
      signal,
    )
  }

  keepAbility(repository: RepositoryPath, ability: Asked, answer: 'yes' | 'no'): void {
    this.#locate(repository).session.facts.abilities[ability] = answer
    this.#known.set(ability, Promise.resolve(answer))
  }

  /** What could not be told is asked again another time: another repository may have the rights. */
  #ask(ability: Asked, at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
    const known = this.#known.get(ability)
    if (known !== undefined) return known
    const asked = this.#recallOrProbe(ability, at, signal)
    this.#known.set(ability, asked)
    asked.then(
      answer => answer === 'unknown' && this.#known.delete(ability),
      () => this.#known.delete(ability),
    )
    return asked
  }

  async #recallOrProbe(ability: Asked, at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
    const { session } = at
    // What is kept holds once the registry has said that it is the one it was; one that is away says why when asked.
    await session.contact(signal).catch(() => signal.throwIfAborted())
    const kept = session.facts.abilities[ability]
    if (kept === 'yes' || (kept === 'no' && !isSwitchable(ability))) return kept
    const answer = await this.#probe(ability, at, signal)
    if (answer !== 'unknown') session.facts.abilities[ability] = answer
    return answer
  }

  async #probe(ability: Asked, at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
    switch (ability) {
      case 'deleteTag':
        return probeDeleteTag(at, signal)
      case 'deleteManifest':
        return probeDeleteManifest(at, signal)
      case 'referrersApi':
        return (await this.#probeReferrers(at, signal)).api
      case 'sparseIndex':
        return probeSparseIndex(at, () => this.#probeReferrers(at, signal), signal)
      default:
        throw new PlaceError(`unknown ability ${JSON.stringify(ability satisfies never)}`)
    }
  }

  #probeReferrers(at: RepositoryAt, signal: AbortSignal): Promise<ReferrersProbe> {
    if (this.#referrers !== undefined) return this.#referrers
    const asked = probeReferrers(at, signal)
    this.#referrers = asked
    asked.catch(() => {
      this.#referrers = undefined
    })
    return asked
  }
}

/** Deletes are turned on by whoever is told that they are off: that is not kept. */
function isSwitchable(ability: Asked): boolean {
  return ability === 'deleteTag' || ability === 'deleteManifest'
}
