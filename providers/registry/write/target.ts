/** A registry as a target: its repositories, and what it can do, asked at most once for each ability. */
import { PlaceError } from '../../../lib/errors.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import type { Ability, Target, TargetAbilities, TargetRepository } from '../../../lib/provider.ts'
import type { TargetAddress } from '../../../lib/target.ts'
import { SingleFlight } from '../http/single-flight.ts'
import type { RepositoryAt } from '../repository-at.ts'
import {
  probeDeleteManifest,
  probeDeleteTag,
  probeReferrers,
  probeSparseIndex,
  type ReferrersProbe,
} from './abilities.ts'
import { RegistryRepository } from './target-repository.ts'

type Asked = keyof TargetAbilities

export class RegistryTarget implements Target {
  readonly address: TargetAddress
  readonly #locate: (path: RepositoryPath) => RepositoryAt
  readonly #repositories = new Map<RepositoryPath, TargetRepository>()
  readonly #uploads = new SingleFlight<'mounted' | 'uploaded'>()
  readonly #known = new Map<Asked, Promise<Ability>>()
  #referrers: Promise<ReferrersProbe> | undefined

  /** @param locate throws when registries.conf blocks the path */
  constructor(address: TargetAddress, locate: (path: RepositoryPath) => RepositoryAt) {
    this.address = address
    this.#locate = locate
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

  /** What could not be told is asked again another time: another repository may have the rights. */
  #ask(ability: Asked, at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
    const known = this.#known.get(ability)
    if (known !== undefined) return known
    const asked = this.#probe(ability, at, signal)
    this.#known.set(ability, asked)
    asked.then(
      answer => answer === 'unknown' && this.#known.delete(ability),
      () => this.#known.delete(ability),
    )
    return asked
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
