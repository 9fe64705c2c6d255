/**
 * What Harbor tells in its own API (`/api/v2.0`), beside that of a registry: it takes user and password as they are, and
 * shows what is public to anybody. Whatever it does not tell, for want of rights or otherwise, is not known.
 */
import pLimit from 'p-limit'
import { isRecord } from '../../../lib/oci/json.ts'
import type { RepositoryPath, Tag } from '../../../lib/oci/reference.ts'
import { pullFrom } from '../auth/scope.ts'
import { discard, readAtMost } from '../http/body.ts'
import { PROJECTS } from '../http/guard.ts'
import { RegistryError } from '../http/registry-error.ts'
import type { RepositoryAt } from '../repository-at.ts'

/** What Harbor's token service is called in its challenge. */
const SERVICE = 'harbor-registry'
const MAX_LIST_BYTES = 256 * 1024
const CONCURRENCY = 16
const NOTHING = new Uint8Array()

export async function isHarbor(at: RepositoryAt, signal: AbortSignal): Promise<boolean> {
  const { challenges } = await at.session.contact(signal)
  return challenges.some(({ parameters }) => parameters.service === SERVICE)
}

/** Harbor keeps repositories in projects: the first part of their path. */
export function projectOf(path: RepositoryPath): string {
  return path.split('/', 1)[0] ?? path
}

interface TagAt {
  readonly at: RepositoryAt
  readonly tag: Tag
}

/**
 * Whether each tag is immutable by the rules of its project; those that Harbor does not tell of are left out. Where it
 * tells nothing of the first tag of a project, the others of that project are not asked for.
 */
export async function tellImmutable<T extends TagAt>(
  tags: readonly T[],
  signal: AbortSignal,
): Promise<ReadonlyMap<T, boolean>> {
  const limit = pLimit(CONCURRENCY)
  const told = new Map<T, boolean>()
  const ask = async (tag: T): Promise<void> => {
    const answer = await limit(() => isImmutable(tag, signal))
    if (answer !== undefined) told.set(tag, answer)
  }
  const projects = [...Map.groupBy(tags, ({ at }) => projectOf(at.path)).values()]
  await Promise.all(
    projects.map(async ([first, ...others]) => {
      if (first !== undefined) await ask(first)
      if (first !== undefined && told.has(first)) await Promise.all(others.map(ask))
    }),
  )
  return told
}

/** `POST /projects`: private, with everything else as Harbor does it; 409 says that it is there. @throws RegistryError */
export async function createProject(at: RepositoryAt, project: string, signal: AbortSignal): Promise<void> {
  const { session } = at
  const body = new TextEncoder().encode(
    JSON.stringify({ project_name: project, metadata: { public: 'false' } }),
  )
  try {
    await session.request(
      {
        operation: { action: 'make the project', subject: `${session.host}/${project}` },
        method: 'POST',
        path: PROJECTS,
        intent: { kind: 'project', host: session.host, project },
        login: 'basic',
        scopes: pullFrom(at.path),
        headers: { 'content-type': 'application/json' },
        body,
        wanted: status => status === 201 || status === 409,
      },
      signal,
      discard,
    )
  } catch (error) {
    if (!(error instanceof RegistryError) || (error.status !== 401 && error.status !== 403)) throw error
    throw error.with({
      hint: 'the login has to be that of a user of Harbor who may make projects; else have the project made by somebody who may',
    })
  }
}

/** `GET …/artifacts/TAG/tags?with_immutable_status=true`: a list of tags, each with `name` and `immutable`. */
async function isImmutable({ at, tag }: TagAt, signal: AbortSignal): Promise<boolean | undefined> {
  const project = projectOf(at.path)
  // A path in a path: Harbor wants it escaped twice.
  const repository = encodeURIComponent(encodeURIComponent(at.path.slice(project.length + 1)))
  const place = `/api/v2.0/projects/${project}/repositories/${repository}/artifacts/${tag}/tags`
  try {
    return await at.session.request(
      {
        operation: { action: 'find out whether a tag is immutable in', subject: at.name },
        method: 'GET',
        path: `${place}?with_immutable_status=true&page_size=100&q=${encodeURIComponent(`name=${tag}`)}`,
        login: 'basic',
        scopes: pullFrom(at.path),
        wanted: status => status < 500 && status !== 429,
      },
      signal,
      async answer => {
        if (answer.status === 200)
          return statusOf(tag, await readAtMost(answer, MAX_LIST_BYTES).catch(() => NOTHING))
        await discard(answer)
        return undefined
      },
    )
  } catch (error) {
    if (error instanceof RegistryError && !signal.aborted) return undefined
    throw error
  }
}

function statusOf(tag: Tag, body: Uint8Array): boolean | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body))
    const named = Array.isArray(json) ? json.filter(isRecord).find(({ name }) => name === tag) : undefined
    return typeof named?.immutable === 'boolean' ? named.immutable : undefined
  } catch {
    return undefined
  }
}
