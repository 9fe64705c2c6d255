/**
 * The profiles of one run: every session begins with what is known of its host, and what all of them learnt is kept at
 * the end, where it is new.
 */
import type { HostFacts } from '../http/host-facts.ts'
import type { ProfileStore } from '../options.ts'
import { formatProfile, type HostProfile } from './host-profile.ts'
import { recall, remember, type Side } from './learnt.ts'

interface Session {
  readonly host: string
  readonly side: Side
  readonly facts: HostFacts
}

export class Profiles {
  readonly #store: ProfileStore | undefined
  readonly #loaded: ReadonlyMap<string, HostProfile>
  readonly #sessions: Session[] = []

  static async load(store: ProfileStore | undefined): Promise<Profiles> {
    return new Profiles(store, (await store?.load()) ?? new Map())
  }

  private constructor(store: ProfileStore | undefined, loaded: ReadonlyMap<string, HostProfile>) {
    this.#store = store
    this.#loaded = loaded
  }

  /** For a session that has not asked anything yet. */
  begin(facts: HostFacts, host: string, side: Side): void {
    recall(facts, host, this.#loaded.get(host), side)
    this.#sessions.push({ host, side, facts })
  }

  async save(): Promise<void> {
    const kept = new Map<string, HostProfile>()
    // What a target is like is told by both sides; the source adds to it.
    for (const wanted of ['target', 'source'] as const)
      for (const { host, side, facts } of this.#sessions) {
        if (side !== wanted) continue
        kept.set(host, remember(kept.get(host) ?? this.#loaded.get(host) ?? {}, facts, side))
      }
    for (const [host, profile] of kept)
      if (formatProfile(host, profile) !== formatProfile(host, this.#loaded.get(host) ?? {}))
        await this.#store?.save(host, profile)
  }
}
