/** A source and a target in memory with a state file on disk: the ground on which plans are made and applied in tests. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApplyResult } from '../lib/apply/index.ts'
import type { WantedImage } from '../lib/content/wanted.ts'
import type { Plan } from '../lib/plan/plan.ts'
import { openStateFile, type StateFileStore } from '../state/index.ts'
import type { Built } from './images.ts'
import { MemoryRegistry, type MemoryRegistryOptions } from './memory-registry.ts'
import { type ApplyChoices, applyTo, type PlanChoices, planFor, sourcesOf } from './mirroring.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'

export interface MemoryMirror {
  readonly source: MemoryRegistry
  readonly target: MemoryRegistry
  readonly store: StateFileStore
  readonly statePath: string
  /** Puts an image into the source: `app:1`. */
  put(name: string, image: Built): void
  plan(names: readonly (string | WantedImage)[], choices?: PlanChoices): Promise<Plan>
  apply(plan: Plan, choices?: ApplyChoices): Promise<ApplyResult>
  /** Plans, applies and forgets the requests. */
  mirror(names: readonly (string | WantedImage)[], choices?: PlanChoices): Promise<ApplyResult>
  stateText(): Promise<string>
}

/** @param images what the source has, by `repository:tag`; the target is empty and has the prefix `ocp` */
export function memoryMirror(
  t: TestEnd,
  images: Readonly<Record<string, Built>>,
  options: MemoryRegistryOptions = {},
): MemoryMirror {
  const source = new MemoryRegistry('src.example')
  const target = new MemoryRegistry('mirror.example', { prefix: 'ocp', ...options })
  const statePath = join(temporaryFolder(t), 'mirror.state.json')
  const store = openStateFile(statePath)
  const setup = { target, store, sources: sourcesOf(source) }
  const put = (name: string, image: Built) => {
    const [repository = '', tag = ''] = name.split(':')
    source.hold(repository, tag, image)
  }
  const plan = (names: readonly (string | WantedImage)[], choices?: PlanChoices) =>
    planFor(
      setup,
      names.map(name => (typeof name === 'string' ? `src.example/${name}` : name)),
      choices,
    )
  const apply = (made: Plan, choices?: ApplyChoices) => applyTo(setup, made, choices)
  for (const [name, image] of Object.entries(images)) put(name, image)
  return {
    source,
    target,
    store,
    statePath,
    put,
    plan,
    apply,
    async mirror(names, choices) {
      const result = await apply(await plan(names, choices))
      source.forgetRequests()
      target.forgetRequests()
      return result
    },
    stateText: () => readFile(statePath, 'utf8'),
  }
}

/** `action outcome` of each item, with its destination below the prefix. */
export function outcomesOf(result: ApplyResult): readonly string[] {
  return result.results.map(
    ({ action, destination, outcome }) =>
      `${destination.replace('mirror.example/ocp/', '')} ${action} ${outcome}`,
  )
}
