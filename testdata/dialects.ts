/**
 * The embedded registry made to behave like the registries of the field, as far as section 3 of the competition study
 * says how they differ: what they refuse, how they say it, what they leave out. Each call makes a new profile, because
 * some remember what they were asked.
 *
 * A profile imitates what a client meets, not the product: limits are parameters, so that tests can use small blobs.
 */
import type { Fault, RecordedRequest, RegistryServerOptions } from '../providers/embedded/index.ts'

export type Dialect = Pick<
  RegistryServerOptions,
  'allowDelete' | 'allowTagDelete' | 'faults' | 'headDigest' | 'referrersApi' | 'requireChildren'
>
type Rule = (request: RecordedRequest) => Fault | undefined

/** What is refused, as a registry's own error unless a body is given. */
export function refusal(status: number, code: string, message: string): Fault {
  const body = JSON.stringify({ errors: [{ code, message }] })
  return { do: 'status', status, headers: { 'content-type': 'application/json' }, body }
}

/** The first rule that objects decides. */
function firstOf(...rules: readonly Rule[]): Rule {
  return request => {
    for (const rule of rules) {
      const fault = rule(request)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

/** Bytes of content that a request announces. */
function announced({ headers }: RecordedRequest): number {
  return Number(headers['content-length'] ?? 0)
}

function beginsUpload({ method, what }: RecordedRequest): boolean {
  return method === 'POST' && what === 'upload'
}

/** A path with too many parts is met with `fault`, whatever is asked of it. */
export function noDeeperThan(parts: number, fault: Fault): Rule {
  return ({ repository }) => ((repository?.split('/').length ?? 0) > parts ? fault : undefined)
}

/** CNCF distribution 2.8: deletes by digest only, no referrers API, indexes only with their children. */
export function distribution(): Dialect {
  return { allowTagDelete: false, referrersApi: false }
}

/** Quay before nested repositories: a third part is a bare 401; a mount has to say from where. */
export function quay(): Dialect {
  const mount: Rule = request =>
    /(?:^|&)mount=/.test(request.query) && !/(?:^|&)from=/.test(request.query)
      ? refusal(400, 'BLOB_UPLOAD_INVALID', 'missing from')
      : undefined
  return { faults: firstOf(noDeeperThan(2, { do: 'status', status: 401 }), mount) }
}

/** Docker Hub: two parts, no deletes through the registry's API, no mounts that name another registry. */
export function dockerHub(): Dialect {
  const origin: Rule = ({ query }) =>
    /(?:^|&)origin=/.test(query) ? refusal(400, 'UNKNOWN', 'unknown origin') : undefined
  const depth = noDeeperThan(2, refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry'))
  return { allowDelete: false, faults: firstOf(depth, origin) }
}

/** registry.gitlab.com: group, subgroup, project and two more parts. */
export function gitlab(): Dialect {
  return { faults: noDeeperThan(5, refusal(400, 'NAME_INVALID', 'invalid repository name')) }
}

/**
 * Harbor: tokens from its own service, which gives them to anybody here; the first part of the path is a project that
 * has to exist; uploads below another are a 401 in these words.
 */
export function harbor(...projects: readonly string[]): Dialect {
  return harborWith({ projects })
}

/**
 * Harbor with its own API, for whom `admits` lets in: it tells which tags are `immutable` (`app:1`, below the project), to
 * which pushes are 412, and makes the project `makes`.
 */
export function harborWith({
  projects,
  immutable = [],
  makes,
  admits = () => true,
}: {
  readonly projects: readonly string[]
  readonly immutable?: readonly string[]
  readonly makes?: string
  readonly admits?: (request: RecordedRequest) => boolean
}): Dialect {
  const json = { 'content-type': 'application/json' }
  const login: Rule = ({ what, headers }) => {
    const realm = `http://${headers.host}/token`
    const challenge = { 'www-authenticate': `Bearer realm="${realm}",service="harbor-registry"` }
    if (what === 'ping') return { do: 'status', status: 401, headers: challenge }
    return what === 'token' ? { do: 'status', status: 200, headers: json, body: '{"token":"T"}' } : undefined
  }
  const there = new Set(projects)
  const make: Rule = request => {
    if (request.method !== 'POST' || request.path !== '/api/v2.0/projects') return undefined
    if (makes === undefined || !admits(request)) return refusal(403, 'FORBIDDEN', 'forbidden')
    if (there.has(makes)) return refusal(409, 'CONFLICT', `The project named ${makes} already exists`)
    there.add(makes)
    return { do: 'status', status: 201 }
  }
  const exists: Rule = request => {
    const [project] = request.repository?.split('/') ?? []
    if (project === undefined || there.has(project)) return undefined
    const message = `project ${project} not found`
    return beginsUpload(request)
      ? refusal(401, 'UNAUTHORIZED', `${message}: ${message}`)
      : refusal(404, 'NOT_FOUND', message)
  }
  const status: Rule = request => {
    const asked = /^\/api\/v2\.0\/projects\/[^/]+\/repositories\/([^/]+)\/artifacts\/([^/]+)\/tags$/.exec(
      request.path,
    )
    if (asked === null) return undefined
    if (!admits(request)) return refusal(403, 'FORBIDDEN', 'forbidden')
    const [, repository = '', name = ''] = asked
    const isImmutable = immutable.includes(`${decodeURIComponent(decodeURIComponent(repository))}:${name}`)
    const body = JSON.stringify([{ id: 1, name, immutable: isImmutable }])
    return { do: 'status', status: 200, headers: json, body }
  }
  const pushed = new Set<string>()
  const moves: Rule = ({ method, what, repository = '', reference = '' }) => {
    if (method !== 'PUT' || what !== 'manifest' || reference.includes(':')) return undefined
    const tag = `${repository.split('/').slice(1).join('/')}:${reference}`
    if (pushed.has(tag) && immutable.includes(tag))
      return refusal(
        412,
        'PRECONDITION',
        `Failed to process request due to '${tag}' configured as immutable.`,
      )
    pushed.add(tag)
    return undefined
  }
  return { faults: firstOf(login, make, status, exists, moves) }
}

/**
 * ECR: at most 1,000 tags a page; announces `OCI-Subject` without having the referrers API; with `immutable`, a tag is
 * pushed once (`repository`: told as a rule for all of it). `missing` is how it meets uploads to repositories that nobody
 * created.
 */
export function ecr({
  repositories,
  immutable = false,
  missing = refusal(404, 'NAME_UNKNOWN', "The repository does not exist in the registry with id '1'"),
}: {
  readonly repositories?: readonly string[]
  readonly immutable?: boolean | 'repository'
  readonly missing?: Fault
} = {}): Dialect {
  const pushed = new Set<string>()
  const pages: Rule = ({ what, query }) =>
    what === 'tags' && Number(new URLSearchParams(query).get('n')) > 1000
      ? refusal(400, 'INVALID_PARAMETER', 'maxResults must be at most 1000')
      : undefined
  const referrers: Rule = ({ what }) =>
    what === 'referrers' ? { do: 'status', status: 404, body: '404 page not found' } : undefined
  const absent: Rule = request =>
    beginsUpload(request) && repositories?.includes(request.repository ?? '') === false ? missing : undefined
  const tags: Rule = ({ method, what, repository, reference = '' }) => {
    if (immutable === false || method !== 'PUT' || what !== 'manifest' || reference.includes(':'))
      return undefined
    const tag = `${repository}:${reference}`
    if (pushed.has(tag))
      return refusal(
        400,
        'TAG_INVALID',
        `The image tag '${reference}' already exists in the '${repository}' repository and cannot be overwritten because the ${immutable === 'repository' ? 'repository' : 'tag'} is immutable.`,
      )
    pushed.add(tag)
    return undefined
  }
  return { faults: firstOf(pages, referrers, absent, tags) }
}

/** GHCR: no referrers API; a piece of an upload may have 4 MiB. */
export function ghcr(largestPiece: number = 4 * 1024 * 1024): Dialect {
  return {
    referrersApi: false,
    faults: request =>
      request.method === 'PATCH' && announced(request) > largestPiece
        ? { do: 'status', status: 416 }
        : undefined,
  }
}

/** Google Artifact Registry: uploads in one piece only. */
export function gar(): Dialect {
  return {
    faults: ({ method }) =>
      method === 'PATCH' ? refusal(405, 'UNSUPPORTED', 'chunked upload is not supported') : undefined,
  }
}

/** ACR: one request may carry so many bytes. */
export function acr(largestBody: number = 20_000_000): Dialect {
  return {
    faults: request =>
      request.what === 'upload' && announced(request) > largestBody
        ? refusal(413, 'SIZE_INVALID', 'request body too large')
        : undefined,
  }
}

/** Artifactory: an upload is closed by an empty PUT, after its bytes came by PATCH. */
export function artifactory(): Dialect {
  return {
    faults: request =>
      request.method === 'PUT' && request.what === 'upload' && announced(request) > 0
        ? { do: 'status', status: 404 }
        : undefined,
  }
}

/** Nexus: HEAD of a manifest tells no digest, and there is no referrers API. */
export function nexus(): Dialect {
  return { headDigest: false, referrersApi: false }
}

/** A proxy repository (Nexus, Artifactory "remote", Harbor proxy cache): it is read, and uploads are 404. */
export function proxyRepository(): Dialect {
  return { faults: request => (beginsUpload(request) ? { do: 'status', status: 404 } : undefined) }
}

/** zot without its compatibility switch: OCI media types only. */
export function zot(): Dialect {
  return {
    faults: ({ method, what, headers }) =>
      method === 'PUT' && what === 'manifest' && /vnd\.docker\./.test(headers['content-type'] ?? '')
        ? refusal(415, 'MANIFEST_INVALID', 'manifest media type is not supported')
        : undefined,
  }
}

/** nginx with `client_max_body_size` in front. */
export function behindNginx(largestBody: number): Dialect {
  return {
    faults: request =>
      announced(request) > largestBody
        ? {
            do: 'status',
            status: 413,
            headers: { 'content-type': 'text/html', server: 'nginx' },
            body: '<html><title>413 Request Entity Too Large</title></html>',
          }
        : undefined,
  }
}
