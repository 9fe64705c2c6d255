/**
 * `cluster-resources` of a workspace -> where clusters look for what: mirror sets, catalogs, the graph image. The files are
 * those of the last run; each may hold several documents.
 */
import { parseAllDocuments } from 'yaml'
import { isRecord, stringOrUndefined } from '../../lib/oci/json.ts'
import { compareText } from '../../lib/target.ts'
import type { ClusterRules, MirrorRule, WorkspaceReading } from './workspace-model.ts'

const RESOURCE = /^cluster-resources\/[^/]+\.ya?ml$/

export async function clusterRules(reading: WorkspaceReading): Promise<ClusterRules> {
  const rules: MirrorRule[] = []
  const catalogImages = new Set<string>()
  let graphImage: string | undefined
  for (const name of reading.names.filter(each => RESOURCE.test(each))) {
    const documents = await reading.attempt(name, async () => readDocuments(await reading.bytes(name)))
    for (const { kind, spec } of documents ?? []) {
      if (kind === 'ImageDigestMirrorSet') rules.push(...rulesIn('digest', spec.imageDigestMirrors))
      if (kind === 'ImageTagMirrorSet') rules.push(...rulesIn('tag', spec.imageTagMirrors))
      const image = catalogImage(kind, spec)
      if (image !== undefined) catalogImages.add(image)
      if (kind === 'UpdateService') graphImage = stringOrUndefined(spec.graphDataImage) ?? graphImage
    }
  }
  return { rules: sorted(rules), catalogImages: [...catalogImages].sort(compareText), graphImage }
}

interface ResourceDocument {
  readonly kind: unknown
  readonly spec: Record<string, unknown>
}

/** @throws Error with the first thing that is wrong with the YAML. */
function readDocuments(bytes: Uint8Array): readonly ResourceDocument[] {
  const found: ResourceDocument[] = []
  for (const document of parseAllDocuments(Buffer.from(bytes).toString())) {
    const [fault] = document.errors ?? []
    if (fault !== undefined) throw fault
    const value: unknown = document.toJS()
    if (isRecord(value) && isRecord(value.spec)) found.push({ kind: value.kind, spec: value.spec })
  }
  return found
}

function rulesIn(by: MirrorRule['by'], entries: unknown): readonly MirrorRule[] {
  if (!Array.isArray(entries)) return []
  return entries.filter(isRecord).flatMap(({ source, mirrors }) => {
    if (typeof source !== 'string' || !Array.isArray(mirrors)) return []
    return mirrors.flatMap(mirror => (typeof mirror === 'string' ? { by, source, mirror } : []))
  })
}

function catalogImage(kind: unknown, spec: Record<string, unknown>): string | undefined {
  if (kind === 'CatalogSource') return stringOrUndefined(spec.image)
  if (kind !== 'ClusterCatalog' || !isRecord(spec.source) || !isRecord(spec.source.image)) return undefined
  return stringOrUndefined(spec.source.image.ref)
}

/** Each once, by source, mirror and kind. */
function sorted(rules: readonly MirrorRule[]): readonly MirrorRule[] {
  const keyed = new Map(rules.map(rule => [`${rule.source} ${rule.mirror} ${rule.by}`, rule]))
  return [...keyed].sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule)
}
