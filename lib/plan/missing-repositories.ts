/**
 * Registries that do not make a repository by themselves when something is pushed to it. There each repository a plan
 * sends to is asked for, and those that are missing are named in the plan, so that they can all be made at once. Pure.
 */
import type { RepositoryPath } from '../oci/reference.ts'
import { compareText, type TargetAddress } from '../target.ts'

/** Amazon ECR's private registries, in every partition. */
const ECR =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/

/** Whether a repository there has to exist before anything is pushed to it, unless somebody has set it up otherwise. */
export function needsRepositories(target: TargetAddress): boolean {
  return target.kind === 'registry' && ECR.test(target.host)
}

/** @param absent repositories the plan sends to and the target does not have */
export function noteMissing(target: TargetAddress, absent: ReadonlySet<RepositoryPath>): readonly string[] {
  if (target.kind !== 'registry' || !needsRepositories(target) || absent.size === 0) return []
  const names = [...absent].sort(compareText).join(', ')
  return [
    `${target.host} does not have these repositories, and pushing makes them only where a creation template for pushes says so; else make each with \`aws ecr create-repository --repository-name NAME\`: ${names}`,
  ]
}
