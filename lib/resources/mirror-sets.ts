/**
 * Rules -> ImageDigestMirrorSet and ImageTagMirrorSet, or ImageContentSourcePolicy for clusters that know only that. One
 * object for each category, under the names that oc-mirror gives them, so that applying replaces what it made.
 */
import { compareText } from '../target.ts'
import type { MirrorRule } from './mirror-rules.ts'
import type { Category } from './mirrored-repositories.ts'
import { splitBySize } from './object-size.ts'
import type { ClusterObject, ObjectMetadata } from './resource.ts'

/** One source with every place that has it: an entry of a mirror set, in the order of the mirrors' names. */
export interface MirrorEntry {
  readonly source: string
  readonly mirrors: readonly string[]
}

interface SetKind {
  readonly apiVersion: string
  readonly kind: string
  /** Before the category, in names. */
  readonly prefix: string
  /** The member of `spec` that holds the entries. */
  readonly member: string
  readonly labels?: (category: Category) => ObjectMetadata['labels']
}

const DIGEST_SET: SetKind = {
  apiVersion: 'config.openshift.io/v1',
  kind: 'ImageDigestMirrorSet',
  prefix: 'idms-',
  member: 'imageDigestMirrors',
}
const TAG_SET: SetKind = {
  apiVersion: 'config.openshift.io/v1',
  kind: 'ImageTagMirrorSet',
  prefix: 'itms-',
  member: 'imageTagMirrors',
}
/** Names and label as oc-mirror v1 gives them. */
const CONTENT_POLICY: SetKind = {
  apiVersion: 'operator.openshift.io/v1alpha1',
  kind: 'ImageContentSourcePolicy',
  prefix: '',
  member: 'repositoryDigestMirrors',
  labels: category => (category === 'operator' ? { 'operators.openshift.org/catalog': 'true' } : undefined),
}
const CATEGORIES: readonly Category[] = ['generic', 'operator', 'release']

export function digestMirrorSets(rules: readonly MirrorRule[]): readonly ClusterObject[] {
  return setsOf(
    DIGEST_SET,
    rules.filter(({ by }) => by === 'digest'),
  )
}

export function tagMirrorSets(rules: readonly MirrorRule[]): readonly ClusterObject[] {
  return setsOf(
    TAG_SET,
    rules.filter(({ by }) => by === 'tag'),
  )
}

/**
 * Of all rules, as oc-mirror v1 does, which knows every image by its digest: what the mirror holds under a tag can be
 * pulled by digest as well. Tags themselves such a policy leaves to the source.
 */
export function contentSourcePolicies(rules: readonly MirrorRule[]): readonly ClusterObject[] {
  return setsOf(CONTENT_POLICY, rules)
}

function setsOf(kind: SetKind, rules: readonly MirrorRule[]): readonly ClusterObject[] {
  return CATEGORIES.flatMap(category => {
    const entries = mirrorEntries(rules.filter(rule => rule.category === category))
    const make = (part: readonly MirrorEntry[], at: number): ClusterObject => {
      const labels = kind.labels?.(category)
      return {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: `${kind.prefix}${category}-${at}`, ...(labels && { labels }) },
        spec: { [kind.member]: part },
      }
    }
    return splitBySize(entries, part => make(part, 0)).map(make)
  })
}

/** Sorted by source; a source that stands in several rules has the mirrors of all. */
export function mirrorEntries(rules: readonly MirrorRule[]): readonly MirrorEntry[] {
  return [...Map.groupBy(rules, ({ source }) => source).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([source, same]) => ({
      source,
      mirrors: [...new Set(same.map(({ mirror }) => mirror))].sort(compareText),
    }))
}
