/** Checks that what the story tells is so, by asking registries and files, never by reading the command's output. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../../lib/oci/digest.ts'
import type { Plan, Summary } from '../../lib/plan/plan.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import type { RegistryServer } from '../../providers/embedded/index.ts'
import type { Stage } from './stage.ts'

/** The demo says something that is not so. */
export class ClaimError extends Error {}

export function claim(isSo: boolean, text: string): void {
  if (!isSo) throw new ClaimError(`it is not true that ${text}`)
}

export async function readPlan({ work }: Stage, file: string): Promise<Plan> {
  return decodePlan(await readFile(join(work, file), 'utf8'), file)
}

/** The images each action has; those not named have none. */
export function claimCounts(plan: Plan, expected: Partial<Summary>): void {
  for (const action of ['add', 'adopt', 'move', 'repair', 'keep', 'delete', 'forget'] as const) {
    const wanted = expected[action] ?? 0
    claim(
      plan.summary[action] === wanted,
      `${wanted} are to ${action} (the plan has ${plan.summary[action]})`,
    )
  }
}

/** The digest of what a tag names; undefined when there is no such tag. */
export async function digestAt(
  { url }: RegistryServer,
  repository: string,
  tag: string,
): Promise<string | undefined> {
  const answer = await fetch(`${url}/v2/${repository}/manifests/${tag}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return answer.status === 200 ? digestOf(bytes) : undefined
}

/** @param images `repository:tag` at the source */
export async function claimSame(
  { source, mirror }: Stage,
  prefix: string,
  images: readonly string[],
): Promise<void> {
  for (const image of images) {
    const [repository = '', tag = ''] = image.split(':')
    const there = await digestAt(source, repository, tag)
    const here = await digestAt(mirror, `${prefix}/${repository}`, tag)
    claim(there !== undefined && there === here, `${image} is the same in the mirror`)
  }
}

/** Whether no request since `clearRequests` asked for a change, and none came that could have made one. */
export function claimUntouched({ requests }: RegistryServer): void {
  const changing = requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
  claim(changing.length === 0, `nothing was asked to change (${changing[0]?.method} ${changing[0]?.path})`)
}

/** Whether every blob came over the wire once, however many images share it. */
export function claimSentOnce({ requests }: RegistryServer): void {
  const sent = requests.flatMap(({ what, query, status }) =>
    what === 'upload' && status === 201 ? new URLSearchParams(query).getAll('digest') : [],
  )
  claim(sent.length > 0 && new Set(sent).size === sent.length, 'every layer was sent once')
}
