/** Every request that changes the target, a line each: for the reviewer who wants to see all of it. */
import type { Plan } from '../plan/plan.ts'
import { type PlannedRequest, plannedRequests } from '../plan/requests.ts'
import { formatRepository } from '../target.ts'

export function requestLines(plan: Plan): readonly string[] {
  const lines = plannedRequests(plan).map(request =>
    request.do === 'create-project'
      ? `create project   ${request.project}`
      : requestLine(request, formatRepository(plan.target, request.repository)),
  )
  return lines.length > 0 ? lines : ['The plan changes nothing at the target.']
}

type RepositoryRequest = Exclude<PlannedRequest, { readonly do: 'create-project' }>

function requestLine(request: RepositoryRequest, repository: string): string {
  switch (request.do) {
    case 'upload':
      return `upload blob      ${repository}@${request.digest}`
    case 'mount':
      return `mount blob       ${repository}@${request.digest} from ${request.from}`
    case 'put-manifest':
      return request.reference === request.digest
        ? `put manifest     ${repository}@${request.digest}`
        : `put manifest     ${repository}:${request.reference} as ${request.digest}`
    case 'delete-tag':
      return `delete tag       ${repository}:${request.tag}`
    case 'delete-manifest':
      return `delete manifest  ${repository}@${request.digest}`
    default:
      return request satisfies never
  }
}
