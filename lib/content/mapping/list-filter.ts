/**
 * `--filter-by-os` and `--keep-manifest-list` of `oc image mirror`: which images of a list travel, and whether the list
 * does. The expression is RE2's, looked for anywhere in `os/arch[/variant]`.
 *
 * | matching      | list kept | at the destination                       |
 * |---------------|-----------|------------------------------------------|
 * | none          | either    | nothing                                  |
 * | one           | no        | that image, without the list             |
 * | several       | no        | a smaller list of those                  |
 * | some          | yes       | the list as it is, with those            |
 * | all, not one  | either    | the list as it is, with all              |
 */
import { RE2JS, RE2JSException } from 're2js'
import { messageOf, UsageError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import type { IndexManifest } from '../../oci/manifest.ts'
import { formatPlatform, isUnknownPlatform, type Platform } from '../../oci/platform.ts'

export interface ListFilter {
  readonly pattern: RE2JS
  readonly keepsList: boolean
}

/** What a filter makes of a list. `index`: how the list is cut down to the platforms. */
export type ListChoice =
  | { readonly take: 'all' }
  | { readonly take: 'none' }
  | { readonly take: 'one'; readonly digest: Digest; readonly platform: Platform }
  | { readonly take: 'some'; readonly platforms: readonly Platform[]; readonly index: 'sparse' | 'rewrite' }

/**
 * undefined where everything travels.
 *
 * @param expression `.*` keeps lists, and lists that are kept without an expression are kept whole
 * @throws UsageError when it is no RE2 expression
 */
export function listFilter(expression: string | undefined, keepsList: boolean): ListFilter | undefined {
  if (expression === undefined || expression === '.*') return undefined
  try {
    return { pattern: RE2JS.compile(expression), keepsList }
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new UsageError(`--filter-by-os was not a valid regular expression: ${messageOf(error)}`, {
      cause: error,
      hint: 'it is looked for anywhere in os/arch[/variant], for instance linux/(amd64|arm64)',
    })
  }
}

/** Attestations (platform unknown/unknown) are not counted: they travel with the image they are about. */
export function chooseFromList({ pattern, keepsList }: ListFilter, index: IndexManifest): ListChoice {
  const children = index.manifests.flatMap(({ digest, platform }) =>
    platform === undefined || isUnknownPlatform(platform) ? [] : [{ digest, platform }],
  )
  const matching = children.filter(({ platform }) => pattern.matcher(formatPlatform(platform)).find())
  const [first, ...others] = matching
  const platforms = matching.map(({ platform }) => platform)
  if (first === undefined) return { take: 'none' }
  if (keepsList)
    return matching.length === children.length
      ? { take: 'all' }
      : { take: 'some', platforms, index: 'sparse' }
  if (others.length === 0) return { take: 'one', ...first }
  return matching.length === children.length ? { take: 'all' } : { take: 'some', platforms, index: 'rewrite' }
}
