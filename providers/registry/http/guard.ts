/**
 * The one place that decides whether a request may change something.
 *
 * GET and HEAD are free. A login may POST to a token endpoint. Everything else has to name the host and repository it
 * changes, and these have to lie in the declared target: the same host, and a path at or under the prefix, where
 * `--max-nested-paths` may have turned its `/` into `-` (oc-mirror v2). Projects of Harbor are made only while a plan that
 * lists them is applied.
 */
import { MirrorformError } from '../../../lib/errors.ts'
import { formatTarget, type TargetAddress } from '../../../lib/target.ts'
import { apiHost } from './api-host.ts'

/** A request that would have changed something outside the target: a mistake in mirrorform, never the user's. */
export class GuardError extends MirrorformError {}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Intent =
  | { readonly kind: 'read' }
  /** Exchanges credentials for a token. */
  | { readonly kind: 'login' }
  /** Changes a repository, through the registry's API. */
  | { readonly kind: 'write'; readonly host: string; readonly repository: string }
  /** Makes a project of Harbor, by its own API. */
  | { readonly kind: 'project'; readonly host: string; readonly project: string }
  /** Sends a blob to the place that the target itself named for it in `Location`. */
  | { readonly kind: 'upload'; readonly host: string; readonly repository: string }

/** Where Harbor makes projects (its API, version 2.0). */
export const PROJECTS = '/api/v2.0/projects'

export class MutationGuard {
  readonly #target: TargetAddress | undefined
  readonly #projects = new Set<string>()

  constructor(target: TargetAddress | undefined) {
    this.#target = target
  }

  /** From now on these projects may be made: the plan that is being applied lists them. */
  approveProjects(names: readonly string[]): void {
    for (const name of names) this.#projects.add(name)
  }

  /**
   * @param url the address the request goes to, where it is known already
   * @throws GuardError
   */
  check(method: Method, intent: Intent, url?: URL): void {
    if (method === 'GET' || method === 'HEAD') return
    switch (intent.kind) {
      case 'read':
        throw new GuardError(`refused to send ${method} ${url?.host ?? ''}: it was declared as reading only`)
      case 'login':
        if (method !== 'POST') throw new GuardError(`refused to send ${method} to a token endpoint`)
        return
      case 'write':
        this.#checkPlace(method, intent)
        if (url !== undefined && !isInRepository(url, intent))
          throw new GuardError(
            `refused to send ${method} ${url.origin}${url.pathname}: it is not in ${intent.host}/${intent.repository}`,
          )
        return
      case 'project':
        this.#checkProject(method, intent, url)
        return
      case 'upload':
        this.#checkPlace(method, intent)
        return
      default:
        throw new GuardError(
          `refused to send ${method}: unknown intent ${JSON.stringify(intent satisfies never)}`,
        )
    }
  }

  #checkProject(method: Method, { host, project }: { host: string; project: string }, url?: URL): void {
    const what = `refused to make the project ${project} at ${host}`
    const target = this.#target
    if (target?.kind !== 'registry' || host !== target.host || !isProjectOf(project, target.prefix))
      throw new GuardError(
        `${what}: it is outside ${target === undefined ? 'any target' : formatTarget(target)}`,
      )
    if (!this.#projects.has(project)) throw new GuardError(`${what}: no plan that is being applied lists it`)
    const isApi = url === undefined || (url.host === apiUrl(url, host).host && url.pathname === PROJECTS)
    if (method !== 'POST' || !isApi)
      throw new GuardError(`${what}: ${method} ${url?.href ?? ''} is no way to do that`)
  }

  #checkPlace(method: Method, { host, repository }: { host: string; repository: string }): void {
    const target = this.#target
    if (target?.kind === 'registry' && host === target.host && isUnder(repository, target.prefix)) return
    throw new GuardError(
      target === undefined
        ? `refused to send ${method} for ${host}/${repository}: no target was declared`
        : `refused to send ${method} for ${host}/${repository}: it is outside ${formatTarget(target)}`,
    )
  }
}

function isInRepository(url: URL, { host, repository }: { host: string; repository: string }): boolean {
  return url.host === apiUrl(url, host).host && url.pathname.startsWith(`/v2/${repository}/`)
}

function apiUrl(url: URL, host: string): URL {
  return new URL(`${url.protocol}//${apiHost(host)}`)
}

/** A project is the first part of a path, which `--max-nested-paths` leaves as it is. */
function isProjectOf(project: string, prefix: string): boolean {
  return prefix === '' ? !project.includes('/') : project === prefix.split('/', 1)[0]
}

function isUnder(repository: string, prefix: string): boolean {
  const folded = repository.replaceAll('/', '-')
  const start = prefix.replaceAll('/', '-')
  return prefix === '' || folded === start || folded.startsWith(`${start}-`)
}
