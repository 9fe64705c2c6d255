/**
 * The deletes of a plan as oc-mirror v1 writes them down (`pruning-plan.json`): manifests by repository, for whoever checks
 * that file before a mirror is pruned. Of an index that goes its children are listed too. A manifest that stays, because
 * another tag or index has it, is not listed: that form has no way to say that only a tag goes.
 */
import type { Digest } from '../oci/digest.ts'
import { compareText } from '../target.ts'
import type { Change, Plan } from './plan.ts'

type Delete = Extract<Change, { action: 'delete' }>

/** undefined where the target is a folder: v1 prunes registries only. */
export function encodePruningPlan({ target, changes }: Pick<Plan, 'target' | 'changes'>): string | undefined {
  if (target.kind !== 'registry') return undefined
  const deletes = changes.filter(change => change.action === 'delete')
  const byDigest = deletes.some(({ removal }) => removal.steps.some(({ do: step }) => step !== 'delete-tag'))
  const manifests = new Map<string, Set<Digest>>()
  for (const change of deletes) {
    const digests = byDigest ? deletedIn(change) : freedIn(change)
    if (digests.length === 0) continue
    const { repository } = change.image.destination
    const known = manifests.get(repository) ?? new Set<Digest>()
    manifests.set(repository, known)
    for (const digest of digests) known.add(digest)
  }
  const repositories = [...manifests]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, digests]) => ({ name, manifests: [...digests].sort(compareText) }))
  return `${JSON.stringify({ registry: target.host, repositories }, undefined, 1)}\n`
}

function deletedIn({ removal }: Delete): readonly Digest[] {
  return removal.steps.flatMap(step => (step.do === 'delete-manifest' ? [step.digest] : []))
}

/** Where the registry deletes tags only, what no tag names afterwards. */
function freedIn({ image, removal }: Delete): readonly Digest[] {
  return removal.sparedTags.length > 0 ? [] : [image.digest]
}
