/**
 * `isc_pinned_*.yaml` of a workspace -> the image sets that were mirrored, each with its time: the text, for whoever reads
 * image sets, and the names of its catalogs and additional images.
 */
import { parse } from 'yaml'
import { isRecord, stringOrUndefined } from '../../lib/oci/json.ts'
import type { ConfiguredImage, WorkspaceConfiguration, WorkspaceReading } from './workspace-model.ts'

const PINNED = /^isc_pinned_[^/]+\.yaml$/

/** Their names hold the time, so that the order of names is that of time. */
export async function readConfigurations(
  reading: WorkspaceReading,
): Promise<readonly WorkspaceConfiguration[]> {
  const found: WorkspaceConfiguration[] = []
  for (const name of reading.names.filter(each => PINNED.test(each)).sort()) {
    const read = await reading.attempt(name, async () => {
      const text = Buffer.from(await reading.bytes(name)).toString()
      const mirror = mirrorIn(parse(text))
      const hasCharts =
        isRecord(mirror.helm) && Object.values(mirror.helm).some(each => listOf(each).length > 0)
      return { file: `working-dir/${name}`, text, images: imagesIn(mirror), hasCharts }
    })
    if (read !== undefined) found.push(read)
  }
  return found
}

function mirrorIn(configuration: unknown): Record<string, unknown> {
  return isRecord(configuration) && isRecord(configuration.mirror) ? configuration.mirror : {}
}

function imagesIn(mirror: Record<string, unknown>): readonly ConfiguredImage[] {
  const catalogs = recordsIn(mirror.operators).flatMap(each =>
    configured('catalog', each.catalog, each.targetCatalog, each.targetTag),
  )
  const additional = recordsIn(mirror.additionalImages).flatMap(each =>
    configured('additional', each.name, each.targetRepo, each.targetTag),
  )
  return [...catalogs, ...additional]
}

function configured(
  kind: ConfiguredImage['kind'],
  source: unknown,
  repository: unknown,
  tag: unknown,
): readonly ConfiguredImage[] {
  if (typeof source !== 'string') return []
  const [targetRepository, targetTag] = [stringOrUndefined(repository), stringOrUndefined(tag)]
  return [{ kind, source, targetRepository, targetTag }]
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return listOf(value).filter(isRecord)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
