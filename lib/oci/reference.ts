/**
 * Image references: `host[:port]/path[:tag][@digest]`, in one canonical form used everywhere.
 *
 * The grammar is the distribution project's ("reference" package; OCI distribution-spec 1.1, "Pulling manifests").
 * The first component is a host when it holds a `.` or a `:` or is `localhost`; otherwise the name is Docker Hub's,
 * whose one-part names live under `library/`. `index.docker.io` and `registry-1.docker.io` mean `docker.io`.
 */
import { SyntaxFault } from '../errors.ts'
import { type Digest, hexOf, isDigest } from './digest.ts'

/** A path inside a registry, `ubi9/ubi`: lower-case components joined by `/`. */
export type RepositoryPath = string & { readonly __brand: 'RepositoryPath' }
export type Tag = string & { readonly __brand: 'Tag' }

export interface Reference {
  /** `quay.io`, `localhost:5000`, `[::1]:5000`, `docker.io` */
  readonly host: string
  readonly path: RepositoryPath
  readonly tag?: Tag
  readonly digest?: Digest
}

export const DOCKER_HUB = 'docker.io'
const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
])
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const HOST =
  /^(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/
/** Characters a repository path may have in the distribution project's reference package. */
const MAX_NAME_LENGTH = 255

export function isTag(text: string): text is Tag {
  return TAG.test(text)
}

export function isRepositoryPath(text: string): text is RepositoryPath {
  return text.length <= MAX_NAME_LENGTH && text.split('/').every(component => COMPONENT.test(component))
}

export function isHost(text: string): boolean {
  return HOST.test(text)
}

/** @throws SyntaxFault */
export function parseTag(text: string): Tag {
  if (isTag(text)) return text
  throw new SyntaxFault(`"${text}" is not a tag`, {
    hint: 'a tag has at most 128 characters: letters, digits, "_", "." and "-", not starting with "." or "-"',
  })
}

/** @throws SyntaxFault */
export function parseRepositoryPath(text: string): RepositoryPath {
  if (isRepositoryPath(text)) return text
  throw new SyntaxFault(`"${text}" is not a repository path`, {
    hint: /[A-Z]/.test(text)
      ? 'repository paths are lower-case'
      : 'a path is lower-case components joined by "/", without host, tag or digest',
  })
}

/**
 * Reads a reference, with or without `docker://`. Neither tag nor digest is added: see `withDefaultTag`.
 *
 * @throws SyntaxFault that says which part is wrong.
 */
export function parseReference(text: string): Reference {
  const bare = text.startsWith('docker://') ? text.slice('docker://'.length) : text
  if (bare.includes('://'))
    throw new SyntaxFault(
      `"${text}" is not an image reference: unknown transport "${bare.split('://', 1)[0]}://"`,
      {
        hint: 'write host/path:tag, without http:// or https://',
      },
    )
  const at = bare.indexOf('@')
  const named = at < 0 ? bare : bare.slice(0, at)
  const digest = at < 0 ? undefined : bare.slice(at + 1)
  if (digest !== undefined && !isDigest(digest))
    throw new SyntaxFault(`"${text}" is not an image reference: "${digest}" is not a digest`, {
      hint: 'after "@" comes sha256: and 64 lower-case hex characters, or sha512: and 128',
    })
  const { name, tag } = splitTag(named)
  if (tag !== undefined && !isTag(tag))
    throw new SyntaxFault(`"${text}" is not an image reference: "${tag}" is not a tag`, {
      hint: 'a tag has at most 128 characters: letters, digits, "_", "." and "-"',
    })
  const { host, path } = splitHost(name)
  if (!isHost(host)) throw new SyntaxFault(`"${text}" is not an image reference: "${host}" is not a host`)
  if (!isRepositoryPath(path))
    throw new SyntaxFault(`"${text}" is not an image reference: "${path}" is not a repository path`, {
      hint: /[A-Z]/.test(path)
        ? 'repository paths are lower-case'
        : 'write host/path:tag or host/path@sha256:…',
    })
  return { host, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

function splitTag(named: string): { name: string; tag?: string } {
  const colon = named.lastIndexOf(':')
  return colon > named.lastIndexOf('/') && named.includes('/')
    ? { name: named.slice(0, colon), tag: named.slice(colon + 1) }
    : colon > 0 && !named.includes('/')
      ? { name: named.slice(0, colon), tag: named.slice(colon + 1) }
      : { name: named }
}

function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost' || /[A-Z]/.test(first)
  const host = hasHost ? first : DOCKER_HUB
  const path = hasHost ? name.slice(slash + 1) : name
  if (!DOCKER_HUB_NAMES.has(host)) return { host, path }
  return { host: DOCKER_HUB, path: path.includes('/') ? path : `library/${path}` }
}

/** The canonical text: `docker.io/library/alpine:3.20`, `quay.io/a/b:1@sha256:…`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`
  return `${repositoryName(reference)}${tag}${digest}`
}

/** `quay.io/a/b`: host and path without tag or digest. */
export function repositoryName(reference: Pick<Reference, 'host' | 'path'>): string {
  return `${reference.host}/${reference.path}`
}

/** What a reference with neither tag nor digest means. */
export const DEFAULT_TAG = 'latest' as Tag

/** A reference with neither tag nor digest means `latest` (product documentation; oc-mirror itself refuses it). */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: DEFAULT_TAG }
    : reference
}

/** What to pull by: the digest where there is one, else the tag, else `latest`. */
export function pullBy(reference: Reference): Tag | Digest {
  return reference.digest ?? reference.tag ?? DEFAULT_TAG
}

/** `sha256-<hex>`: how oc-mirror tags an image that has only a digest, and the base of cosign's and referrers' tags. */
export function digestTag(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(':'))}-${hexOf(digest)}`
}

/** A tag has room for 128 characters; oc-mirror v2 cuts the longer name of a sha512 digest one before that. */
const MAX_DIGEST_TAG_LENGTH = 127

/** The tag of an image that is known by its digest alone (oc-mirror v2 naming). */
export function tagByDigest(digest: Digest): Tag {
  return parseTag(digestTag(digest).slice(0, MAX_DIGEST_TAG_LENGTH))
}

/** The tag an image gets where nobody names one: its own, else one by its digest, else `latest` (oc-mirror v2 naming). */
export function inheritedTag({
  tag,
  digest,
}: {
  readonly tag?: Tag | undefined
  readonly digest?: Digest | undefined
}): Tag {
  return tag ?? (digest === undefined ? parseTag('latest') : tagByDigest(digest))
}
