/**
 * What registries demand of repository names beyond their grammar: how deep a path may be, how long a name. Known before
 * anything is asked, so that a plan tells it for all images at once. Pure.
 */
import type { ImageContent } from '../graph/graph.ts'
import { formatRepository, type TargetAddress } from '../target.ts'
import type { Refusal } from './guards.ts'

interface DepthLimit {
  readonly hosts: RegExp
  readonly components: number
  /** Refused for certain, or only in some setups: then it is a note. */
  readonly isCertain: boolean
}

/** Docker Hub: a namespace and a name. Quay before nested names, and GitLab below a project, may take more or not. */
const DEPTH_LIMITS: readonly DepthLimit[] = [
  { hosts: /^(registry-1\.|index\.)?docker\.io$/, components: 2, isCertain: true },
  { hosts: /^quay\.io$/, components: 2, isCertain: false },
  { hosts: /^registry\.gitlab\.com$/, components: 4, isCertain: false },
]

/** Of host, slash and repository together (OCI distribution-spec 1.1, "Pulling manifests": what many clients accept). */
const MAX_NAME_LENGTH = 255

export interface PathFindings {
  readonly refusals: readonly Refusal[]
  readonly notes: readonly string[]
}

/** @param images those that are to be sent: what is there already has shown that it can be */
export function checkPaths(target: TargetAddress, images: readonly ImageContent[]): PathFindings {
  if (target.kind !== 'registry') return { refusals: [], notes: [] }
  const repositories = [...new Set(images.map(image => image.destination.repository))]
  const names = (list: readonly (typeof repositories)[number][]): string => {
    const shown = list.slice(0, 3).map(repository => formatRepository(target, repository))
    return `${shown.join(', ')}${list.length > shown.length ? ` and ${list.length - shown.length} more` : ''}`
  }
  const long = repositories.filter(
    repository => formatRepository(target, repository).length > MAX_NAME_LENGTH,
  )
  const tooLong: readonly Refusal[] =
    long.length === 0
      ? []
      : [
          {
            message: `names longer than ${MAX_NAME_LENGTH} characters, host included, cannot be pulled by most clients: ${names(long)}`,
            hint: 'give such images a shorter targetRepo, or take a shorter prefix',
          },
        ]
  const limit = DEPTH_LIMITS.find(({ hosts }) => hosts.test(target.host))
  const deep = repositories.filter(
    repository => repository.split('/').length > (limit?.components ?? Infinity),
  )
  if (limit === undefined || deep.length === 0) return { refusals: tooLong, notes: [] }
  const hint = `--max-nested-paths ${limit.components} folds the rest of a path into its last part`
  if (!limit.isCertain)
    return {
      refusals: tooLong,
      notes: [
        `${target.host} may refuse paths of more than ${limit.components} parts (${names(deep)}); ${hint}`,
      ],
    }
  const message = `${target.host} takes no path of more than ${limit.components} parts: ${names(deep)}`
  return { refusals: [...tooLong, { message, hint }], notes: [] }
}
