/**
 * Mirrored repositories -> the rules a cluster needs: one for a whole namespace where the mirror keeps the source's path,
 * else one for the repository (oc-mirror v2, "IDMS / ITMS").
 *
 * A node looks only at the longest source that fits an image, whatever object it comes from. A rule for one repository
 * therefore hides that of its namespace, for digests and tags alike; what would be hidden gets a rule of its own.
 */
import type { RepositoryPath } from '../oci/reference.ts'
import { compareText } from '../target.ts'
import {
  type Category,
  type MirroredRepository,
  type PulledBy,
  type Repository,
  repositoryText,
} from './mirrored-repositories.ts'

export interface MirrorRule {
  readonly category: Category
  readonly by: PulledBy
  /** `quay.io/acme`, `registry.redhat.io` */
  readonly source: string
  /** `reg.lan/ns/acme` */
  readonly mirror: string
}

/** Sorted by category, way, source and mirror; each once. */
export function mirrorRules(
  repositories: readonly MirroredRepository[],
  maxNestedPaths: number,
): readonly MirrorRule[] {
  const rules = new Map<string, MirrorRule>()
  const add = (rule: MirrorRule): void => void rules.set(keyOf(rule), rule)
  for (const each of repositories) add(maxNestedPaths > 0 ? repositoryRule(each) : widestRule(each))
  // A rule for one more repository may hide others in turn; every repository can be added once for each way.
  for (
    let hidden = hiddenFrom(rules, repositories);
    hidden.length > 0;
    hidden = hiddenFrom(rules, repositories)
  )
    for (const each of hidden) add(repositoryRule(each))
  return [...rules.entries()].sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule)
}

function keyOf({ category, by, source, mirror }: MirrorRule): string {
  return [category, by, source, mirror].join(' ')
}

function repositoryRule({ category, by, source, mirror }: MirroredRepository): MirrorRule {
  return { category, by, source: repositoryText(source), mirror: repositoryText(mirror) }
}

/** Compared by whole components: `foo-acme/widget` does not keep the path `acme/widget`. */
function widestRule(each: MirroredRepository): MirrorRule {
  const { category, by, source, mirror } = each
  const keepsPath = `/${mirror.path}`.endsWith(`/${source.path}`)
  if (!keepsPath) return repositoryRule(each)
  return { category, by, source: repositoryText(above(source)), mirror: repositoryText(above(mirror)) }
}

function above({ host, path }: Repository): Repository {
  return { host, path: path.slice(0, Math.max(0, path.lastIndexOf('/'))) as RepositoryPath | '' }
}

/** Repositories that the rule a node would choose does not lead to. */
function hiddenFrom(
  rules: ReadonlyMap<string, MirrorRule>,
  repositories: readonly MirroredRepository[],
): readonly MirroredRepository[] {
  const bySource = Map.groupBy(rules.values(), rule => rule.source)
  return repositories.filter(({ by, source, mirror }) => {
    const full = repositoryText(source)
    const chosen = scopesOf(full).find(scope => bySource.has(scope)) ?? ''
    const rest = full.slice(chosen.length)
    const leads = bySource
      .get(chosen)
      ?.some(rule => rule.by === by && rule.mirror + rest === repositoryText(mirror))
    return leads !== true
  })
}

/** `a.io/b/c` -> `a.io/b/c`, `a.io/b`, `a.io`: what a node compares, longest first. */
export function scopesOf(name: string): readonly string[] {
  const components = name.split('/')
  return components.map((_, at) => components.slice(0, components.length - at).join('/'))
}
