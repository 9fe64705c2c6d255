/**
 * Method and path → which endpoint of the distribution-spec is meant ("Endpoints", end-1 to end-13). Pure; every name,
 * tag and digest in a route has been checked.
 */
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import { Problem } from './problem.ts'

export type Route =
  | { readonly what: 'ping' }
  | { readonly what: 'token' }
  | { readonly what: 'catalog' }
  | {
      readonly what: 'manifest'
      readonly repository: RepositoryPath
      readonly reference: Tag | Digest
    }
  | { readonly what: 'blob'; readonly repository: RepositoryPath; readonly reference: Digest }
  /** Without a session: the place where uploads begin. */
  | { readonly what: 'upload'; readonly repository: RepositoryPath; readonly reference?: string }
  | { readonly what: 'tags'; readonly repository: RepositoryPath }
  | { readonly what: 'referrers'; readonly repository: RepositoryPath; readonly reference: Digest }
  | { readonly what: 'unknown' }

const METHODS: Readonly<Record<Exclude<Route['what'], 'unknown'>, readonly string[]>> = {
  ping: ['GET', 'HEAD'],
  token: ['GET', 'POST'],
  catalog: ['GET'],
  manifest: ['GET', 'HEAD', 'PUT', 'DELETE'],
  blob: ['GET', 'HEAD', 'DELETE'],
  upload: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
  tags: ['GET'],
  referrers: ['GET'],
}

const UPLOAD = /^(.+)\/blobs\/uploads\/?([^/]*)$/
const CONTENT = /^(.+)\/(manifests|blobs|referrers)\/([^/]+)$/
const TAGS = /^(.+)\/tags\/list$/

/** What is asked for, whatever the method. @throws Problem when a name, tag or digest is malformed. */
export function parseRoute(path: string): Route {
  if (path === '/v2/' || path === '/v2') return { what: 'ping' }
  if (path === '/token') return { what: 'token' }
  if (path === '/v2/_catalog') return { what: 'catalog' }
  if (!path.startsWith('/v2/')) return { what: 'unknown' }
  const rest = path.slice('/v2/'.length)
  const upload = UPLOAD.exec(rest)
  if (upload !== null) {
    const [, name = '', session = ''] = upload
    return { what: 'upload', repository: repository(name), ...(session !== '' && { reference: session }) }
  }
  const tags = TAGS.exec(rest)
  if (tags !== null) return { what: 'tags', repository: repository(tags[1] ?? '') }
  const [, name = '', kind, reference = ''] = CONTENT.exec(rest) ?? []
  if (kind === 'manifests')
    return { what: 'manifest', repository: repository(name), reference: tagOrDigest(reference) }
  if (kind === 'blobs') return { what: 'blob', repository: repository(name), reference: digest(reference) }
  if (kind === 'referrers')
    return { what: 'referrers', repository: repository(name), reference: digest(reference) }
  return { what: 'unknown' }
}

/** @throws Problem 405 with the methods that are allowed, 404 when there is no such endpoint. */
export function checkMethod(route: Route, method: string): void {
  if (route.what === 'unknown')
    throw new Problem('UNSUPPORTED', 'there is nothing at this path', { status: 404 })
  const allowed = METHODS[route.what]
  const fits = route.what !== 'upload' || (route.reference === undefined) === (method === 'POST')
  if (allowed.includes(method) && fits) return
  throw new Problem('UNSUPPORTED', `${method} is not possible here`, {
    headers: { allow: allowed.join(', ') },
  })
}

/** Reads a digest from a query or path. @throws Problem */
export function digest(text: string): Digest {
  if (isDigest(text)) return text
  throw new Problem('DIGEST_INVALID', `${JSON.stringify(text)} is not a digest`)
}

function tagOrDigest(text: string): Tag | Digest {
  if (text.includes(':')) return digest(text)
  if (isTag(text)) return text
  throw new Problem('TAG_INVALID', `${JSON.stringify(text)} is not a tag`)
}

function repository(name: string): RepositoryPath {
  if (isRepositoryPath(name)) return name
  throw new Problem('NAME_INVALID', `${JSON.stringify(name)} is not a repository name`)
}
