/** The entries of an `olm.deprecations`, from untrusted JSON. */
import { isRecord } from '../../../oci/json.ts'
import type { Deprecation } from '../model.ts'

/** What refers to something newer than channels and bundles is left to the document, which is kept as it is. */
export function readDeprecations(
  entries: unknown,
  owner: string,
  complain: (text: string) => void,
): readonly Deprecation[] {
  if (entries === undefined || entries === null) return []
  if (!Array.isArray(entries)) {
    complain(`deprecations of package "${owner}": entries is no list`)
    return []
  }
  return entries.flatMap((entry: unknown): readonly Deprecation[] => {
    const { reference, message = '' } = isRecord(entry) ? entry : {}
    if (!isRecord(reference) || typeof message !== 'string') {
      complain(`deprecations of package "${owner}": an entry without reference and message`)
      return []
    }
    const { schema, name } = reference
    if (schema === 'olm.package') return [{ what: { schema }, message }]
    const isPart = schema === 'olm.channel' || schema === 'olm.bundle'
    return isPart && typeof name === 'string' ? [{ what: { schema, name }, message }] : []
  })
}
