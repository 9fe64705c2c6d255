/**
 * What bundles say of each other, and channels of themselves, in their properties (operator-registry, "property"). Only
 * oc-mirror v1 chooses by it, so what is written oddly counts as not written.
 */
import { isRecord } from '../../../oci/json.ts'
import type { BundleNeed, BundleRelations } from '../model.ts'

/** undefined where there is nothing of the kind. */
export function readRelations(properties: unknown): BundleRelations | undefined {
  const provides = new Set<string>()
  const needs = new Map<string, BundleNeed>()
  for (const property of listOf(properties)) {
    if (!isRecord(property) || !isRecord(property.value)) continue
    const { type, value } = property
    const need = needIn(type, value)
    if (need !== undefined) needs.set(JSON.stringify(need), need)
    const api = type === 'olm.gvk' ? apiOf(value) : undefined
    if (api !== undefined) provides.add(api)
  }
  if (provides.size + needs.size === 0) return undefined
  return { provides: [...provides], needs: [...needs.values()] }
}

/** Of a channel; undefined where it has none. */
export function readPriority(properties: unknown): number | undefined {
  for (const property of listOf(properties)) {
    if (!isRecord(property) || property.type !== 'olm.channel' || !isRecord(property.value)) continue
    const { priority } = property.value
    if (typeof priority === 'number' && Number.isFinite(priority)) return priority
  }
  return undefined
}

function needIn(type: unknown, value: Readonly<Record<string, unknown>>): BundleNeed | undefined {
  if (type === 'olm.gvk.required') {
    const api = apiOf(value)
    return api === undefined ? undefined : { kind: 'api', api }
  }
  if (type !== 'olm.package.required') return undefined
  const { packageName, versionRange } = value
  if (typeof packageName !== 'string' || packageName === '') return undefined
  return {
    kind: 'package',
    package: packageName,
    range: typeof versionRange === 'string' ? versionRange : '',
  }
}

function apiOf({ group, version, kind }: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [group, version, kind]
  return parts.every(part => typeof part === 'string') ? parts.join('/') : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
