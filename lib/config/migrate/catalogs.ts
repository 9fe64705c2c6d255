/** `mirror.operators` of an image set of v1 -> that of v2: names at the destination, and what differs in what is taken. */
import type { YAMLMap } from 'yaml'
import { parseReference, repositoryName } from '../../oci/reference.ts'
import type { OperatorChannel, OperatorSection } from '../operator-section.ts'
import { keyNode, mapsAt, pairOf, renameKey, setText, takeOut, textAt } from './nodes.ts'
import { dropRanges, joinDuplicates, migrateLimits } from './packages.ts'
import type { Rewriting } from './rewriting.ts'

const TAGS =
  'images of operators get the tag sha256-<digest> in place of the eight digits v1 gave them: the first plan adds these names (without copying content again) and deletes the old ones'

/** @param sections what was read from `operators`, one for each */
export function migrateCatalogs(
  rewriting: Rewriting,
  mirror: YAMLMap,
  sections: readonly OperatorSection[],
): void {
  const operators = mapsAt(mirror, 'operators')
  for (const [at, operator] of operators.entries()) {
    const section = sections[at]
    if (section === undefined) continue
    migrateNames(rewriting, operator, section)
    joinDuplicates(rewriting, operator)
    for (const wanted of mapsAt(operator, 'packages'))
      for (const limited of [wanted, ...mapsAt(wanted, 'channels')]) migrateLimits(rewriting, limited)
    if (section.full) dropRanges(rewriting, operator)
  }
  const pair = pairOf(mirror, 'operators')
  if (pair === undefined || operators.length === 0) return
  const told = new Set([TAGS, ...sections.flatMap(differences)])
  for (const message of told) rewriting.tell(keyNode(pair), undefined, message)
}

function migrateNames(rewriting: Rewriting, operator: YAMLMap, section: OperatorSection): void {
  const ref = pairOf(operator, 'originalRef')
  if (ref !== undefined) {
    const kept = takeOut(operator, 'originalRef')
    rewriting.tell(operator, keyNode(ref), 'originalRef is gone: it had no effect', kept)
  }
  const written = textAt(operator, 'catalog') ?? section.catalog
  const catalog = wholeName(section, written)
  if (catalog !== written) {
    setText(operator, 'catalog', catalog)
    rewriting.tell(operator, undefined, `catalog ${written} is written whole: ${catalog}`)
  }
  migrateTarget(rewriting, operator, section)
}

/** With its registry and its tag, both of which v1 filled in. */
function wholeName({ source }: OperatorSection, written: string): string {
  if (source.kind === 'layout') return written
  const { tag, digest } = parseReference(written)
  const name = repositoryName(source.reference)
  const isWhole = written.replace(/^docker:\/\//, '').startsWith(name)
  const named = isWhole ? written : `${name}${written.slice(pathEnd(written))}`
  return tag === undefined && digest === undefined ? `${named}:latest` : named
}

/** Where tag or digest begin. */
function pathEnd(written: string): number {
  const at = /(?::[^/@]+)?(?:@.*)?$/.exec(written)
  return at?.index ?? written.length
}

function migrateTarget(rewriting: Rewriting, operator: YAMLMap, section: OperatorSection): void {
  const name = pairOf(operator, 'targetName')
  const target = textAt(operator, 'targetCatalog')
  if (name === undefined) {
    if (section.source.kind === 'registry' || target !== undefined) return
    const path = section.targetCatalog ?? ''
    setText(operator, 'targetCatalog', path)
    rewriting.tell(
      operator,
      undefined,
      `targetCatalog ${path} keeps the name v1 gave this catalog; v2 would take the last name of the folder`,
    )
    return
  }
  const { targetCatalog } = section
  if (target === undefined && targetCatalog !== undefined) {
    renameKey(operator, 'targetName', 'targetCatalog')
    setText(operator, 'targetCatalog', targetCatalog)
    rewriting.tell(operator, keyNode(name), 'targetName is targetCatalog now, with the whole repository path')
    return
  }
  const kept = takeOut(operator, 'targetName')
  const why = target === undefined ? 'the catalog has that name anyway' : 'targetCatalog was there and won'
  rewriting.tell(operator, keyNode(name), `targetName is gone: ${why}`, kept)
}

/** What v2 takes otherwise of this catalog. */
function differences({ packages, full, skipDependencies }: OperatorSection): readonly string[] {
  const channels = packages.flatMap(wanted => wanted.channels)
  const hasStart = [...packages, ...channels].some(
    ({ minVersion, minBundle }) => (minVersion ?? minBundle) !== undefined,
  )
  const isOpen = packages.some(wanted => wanted.channels.length === 0 && isUnlimited(wanted))
  const hasHeads = isOpen || packages.some(wanted => isUnlimited(wanted) && wanted.channels.some(isUnlimited))
  return [
    ...(!full && (packages.length === 0 || isOpen)
      ? [
          'v1 took the newest bundle of every channel, v2 that of the default channel; --operator-selection connected takes every channel',
        ]
      : []),
    ...(!full && packages.length > 0 && hasHeads
      ? [
          'where no version is written, v2 takes the newest bundle only; v1 kept everything since its first run. To keep that, write minVersion',
        ]
      : []),
    ...(hasStart
      ? ['from minVersion on v2 takes every version; v1 took those that replace one another']
      : []),
    ...(!skipDependencies && packages.length > 0
      ? ['v1 added packages that these need; v2 does not: name them']
      : []),
  ]
}

function isUnlimited({ minVersion, maxVersion, minBundle }: Omit<OperatorChannel, 'name'>): boolean {
  return (minVersion ?? maxVersion ?? minBundle) === undefined
}
