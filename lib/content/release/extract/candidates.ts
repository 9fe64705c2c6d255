/**
 * Rules of `--idms-file` and `--icsp-file` → for an image by digest, the places it may be read from, in order (`oc adm release
 * extract`; openshift/api ImageDigestMirrorSet and ImageContentSourcePolicy).
 */
import type { SourceMirrors } from '../../../config/index.ts'
import { parseReference, type Reference, repositoryName } from '../../../oci/reference.ts'

export interface Candidates {
  /** In the order in which they are to be asked; each once. */
  readonly references: readonly Reference[]
  /** Whether the image's own place is left out for what a rule says. */
  readonly neverItself: boolean
}

/**
 * Mirrors of every rule whose source is the repository or lies above it, each with what is left of the path; then the
 * image's own place.
 *
 * @param reference by digest; one by tag alone is only looked for in its own place
 * @throws SyntaxFault for a mirror that is no repository
 */
export function candidatesFor(reference: Reference, rules: readonly SourceMirrors[]): Candidates {
  const { digest } = reference
  if (digest === undefined) return { references: [reference], neverItself: false }
  const name = repositoryName(reference)
  const fitting = rules.filter(({ source }) => name === source || name.startsWith(`${source}/`))
  const names = fitting.flatMap(({ source, mirrors }) =>
    mirrors.map(mirror => mirror + name.slice(source.length)),
  )
  const neverItself = fitting.some(({ never }) => never)
  const all = new Set(neverItself ? names : [...names, name])
  return { references: [...all].map(each => ({ ...parseReference(each), digest })), neverItself }
}
