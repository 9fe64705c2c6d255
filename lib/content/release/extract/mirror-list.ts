/**
 * `--idms-file` and `--icsp-file` → for an image by digest, the places it may be read from, in order (`oc adm release
 * extract`; openshift/api ImageDigestMirrorSet and ImageContentSourcePolicy).
 */
import { parseAllDocuments } from 'yaml'
import { messageOf, UsageError } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'
import { parseReference, type Reference, repositoryName } from '../../../oci/reference.ts'

export interface MirrorEntry {
  /** A repository or a path above one. */
  readonly source: string
  readonly mirrors: readonly string[]
  /** Whether the source itself is never asked. */
  readonly never: boolean
}

/** Where each kind keeps its entries. */
const LISTS = {
  ImageDigestMirrorSet: 'imageDigestMirrors',
  ImageContentSourcePolicy: 'repositoryDigestMirrors',
} as const

export type MirrorKind = keyof typeof LISTS

const NEVER = 'NeverContactSource'

/**
 * The entries of every document of the kind; other documents are left out.
 *
 * @throws UsageError naming the file: no YAML, no such document, an entry that cannot be read, policies that contradict
 *   each other
 */
export function parseMirrorList(path: string, text: string, kind: MirrorKind): readonly MirrorEntry[] {
  const entries = documentsOf(path, text)
    .filter(document => document.kind === kind)
    .flatMap(({ spec }) => {
      const list = isRecord(spec) ? spec[LISTS[kind]] : undefined
      return Array.isArray(list) ? list.map((entry: unknown) => entryOf(entry, path, kind)) : []
    })
  if (entries.length === 0)
    throw new UsageError(`${path} has no ${kind} with entries`, {
      hint: `name a file with kind: ${kind} and spec.${LISTS[kind]}; \`mirrorform resources\` writes one`,
    })
  for (const [source, same] of Map.groupBy(entries, entry => entry.source))
    if (new Set(same.map(({ never }) => never)).size > 1)
      throw new UsageError(`${path} has different mirrorSourcePolicy values for ${source}`, {
        hint: `write ${NEVER} in all of its entries, or in none`,
      })
  return entries
}

function documentsOf(path: string, text: string): readonly Readonly<Record<string, unknown>>[] {
  const documents = parseAllDocuments(text, { logLevel: 'error' })
  if (!Array.isArray(documents)) return []
  return documents.map((document): Readonly<Record<string, unknown>> => {
    const [broken] = document.errors
    if (broken !== undefined) throw noYaml(path, broken)
    try {
      const value: unknown = document.toJS({ maxAliasCount: 0 })
      return isRecord(value) ? value : {}
    } catch (cause) {
      throw noYaml(path, cause)
    }
  })
}

function noYaml(path: string, cause: unknown): UsageError {
  return new UsageError(`${path} is not YAML as clusters take it: ${messageOf(cause).split('\n', 1)[0]}`, {
    cause,
    hint: 'check that it is the right file',
  })
}

function entryOf(entry: unknown, path: string, kind: MirrorKind): MirrorEntry {
  const {
    source,
    mirrors = [],
    mirrorSourcePolicy,
  }: Readonly<Record<string, unknown>> = isRecord(entry) ? entry : {}
  const isTexts = Array.isArray(mirrors) && mirrors.every(each => typeof each === 'string')
  if (typeof source === 'string' && source !== '' && isTexts)
    return { source, mirrors, never: mirrorSourcePolicy === NEVER }
  throw new UsageError(`${path}: an entry of an ${kind} cannot be read: ${JSON.stringify(entry)}`, {
    hint: 'an entry has a source and a list of mirrors',
  })
}

export interface Candidates {
  /** In the order in which they are to be asked; each once. */
  readonly references: readonly Reference[]
  /** Whether the image's own place is left out for what an entry says. */
  readonly neverItself: boolean
}

/**
 * Mirrors of every entry whose source is the repository or lies above it, each with what is left of the path; then the
 * image's own place.
 *
 * @param reference by digest; one by tag alone is only looked for in its own place
 * @throws SyntaxFault for a mirror that is no repository
 */
export function candidatesFor(reference: Reference, entries: readonly MirrorEntry[]): Candidates {
  const { digest } = reference
  if (digest === undefined) return { references: [reference], neverItself: false }
  const name = repositoryName(reference)
  const fitting = entries.filter(({ source }) => name === source || name.startsWith(`${source}/`))
  const names = fitting.flatMap(({ source, mirrors }) =>
    mirrors.map(mirror => mirror + name.slice(source.length)),
  )
  const neverItself = fitting.some(({ never }) => never)
  const all = new Set(neverItself ? names : [...names, name])
  return { references: [...all].map(each => ({ ...parseReference(each), digest })), neverItself }
}
