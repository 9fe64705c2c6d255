/**
 * Between facts, which change while requests are made, and profiles, which are kept: how a session begins with what is
 * known of its host, and what of its facts is worth keeping.
 */
import { areMountsHopeless, type HostFacts, NEARLY_HOPELESS, noFacts } from '../http/host-facts.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { ABILITIES, type HostProfile } from './host-profile.ts'
import { knownOf } from './known-hosts.ts'

/** What of a profile holds for the side: a source that grew a referrers API must not be passed over for signatures. */
export type Side = 'source' | 'target'

/** Puts into fresh facts what is known of the host. */
export function recall(facts: HostFacts, host: string, profile: HostProfile | undefined, side: Side): void {
  const known = { ...knownOf(host), ...profile }
  facts.software = known.software
  facts.uploadBy = known.uploadBy ?? facts.uploadBy
  facts.maxBody = known.maxBody
  facts.chunkSize = known.chunkSize
  facts.headTellsNothing = known.headTellsNothing ?? false
  facts.deleteScopesRefused = known.deleteScopesRefused ?? 0
  facts.immutableTags = known.immutableTags ?? {}
  facts.noReferrers = side === 'target' && known.referrersApi === 'no'
  if (known.mounts === 'made') facts.mounts.made = 1
  if (known.mounts === 'hopeless') Object.assign(facts.mounts, NEARLY_HOPELESS)
  for (const ability of ABILITIES) facts.abilities[ability] = known[ability]
}

/**
 * Makes sure that facts are about the registry that answers: a host that became another one, or another version, is
 * learnt anew.
 */
export function confirmSoftware(facts: HostFacts, host: string, headers: Answer['headers']): void {
  const software = softwareOf(headers)
  if (facts.software !== undefined && facts.software !== software) {
    for (const ability of ABILITIES) facts.abilities[ability] = undefined
    const { mounts: _, abilities: __, ...fresh } = noFacts()
    Object.assign(facts, fresh)
    Object.assign(facts.mounts, { made: 0, missed: 0 })
    recall(facts, host, undefined, 'target')
  }
  facts.software = software
}

/** What a registry and its proxy say that they are. */
function softwareOf(headers: Answer['headers']): string {
  return ['mirrorform-registry', 'docker-distribution-api-version', 'server']
    .map(name => headerOf({ headers }, name) ?? '')
    .filter(text => text !== '')
    .join('; ')
    .replace(/[^ -~]/g, '?')
    .slice(0, 300)
}

/** The profile after a session: what it was, changed by what the facts say now. */
export function remember(before: HostProfile, facts: HostFacts, side: Side): HostProfile {
  const { abilities, software, uploadBy, maxBody, chunkSize } = facts
  if (side === 'source') return facts.headTellsNothing ? { ...before, headTellsNothing: true } : before
  // A target that was never reached taught nothing.
  if (software === undefined) return before
  return {
    software,
    uploadBy: uploadBy === 'put' ? undefined : uploadBy,
    maxBody,
    chunkSize,
    mounts: mountsOf(before, facts),
    headTellsNothing: facts.headTellsNothing || undefined,
    deleteScopesRefused: facts.deleteScopesRefused || undefined,
    immutableTags: Object.keys(facts.immutableTags).length > 0 ? facts.immutableTags : undefined,
    ...abilities,
  }
}

function mountsOf(before: HostProfile, { mounts }: HostFacts): HostProfile['mounts'] {
  if (mounts.made > 0) return 'made'
  const wasHopeless = before.mounts === 'hopeless' && mounts.missed >= NEARLY_HOPELESS.missed
  return wasHopeless || areMountsHopeless(mounts) ? 'hopeless' : undefined
}
