/**
 * Two embedded registries in trouble and a mirror between them, planned and applied in this process, so that a test can
 * show a fault at one request and ask of both sides what arrived. Pauses of the client are noted, not made.
 */
import path from 'node:path'
import type { ApplyResult } from '../lib/apply/index.ts'
import type { Plan } from '../lib/plan/plan.ts'
import { parseTarget } from '../lib/target.ts'
import type { RegistryServer, RegistryServerOptions } from '../providers/embedded/index.ts'
import type { RegistryOptions } from '../providers/registry/index.ts'
import { openTestClient, type TestClient } from '../providers/registry/testing/scripted-registry.ts'
import { openStateFile } from '../state/index.ts'
import type { Built } from './images.ts'
import { type ApplyChoices, applyTo, type MirrorSetup, type PlanChoices, planFor } from './mirroring.ts'
import { pushToServer } from './push.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'
import { startTestRegistry } from './test-registry.ts'

export interface FaultScene extends TestClient {
  readonly source: RegistryServer & { readonly folder: string }
  readonly target: RegistryServer & { readonly folder: string }
  readonly setup: MirrorSetup
  /** From now on only these, `repository:tag`; before, all are wanted. */
  want(...names: readonly string[]): void
  plan(choices?: PlanChoices): Promise<Plan>
  apply(plan: Plan, choices?: ApplyChoices): Promise<ApplyResult>
  /** Plans and applies. */
  mirror(choices?: ApplyChoices): Promise<ApplyResult>
  /** Changes that a new plan has, without those that keep. */
  left(): Promise<number>
}

export interface FaultSceneOptions {
  /** By `repository:tag`. */
  readonly images: Readonly<Record<string, Built>>
  readonly source?: Partial<RegistryServerOptions>
  readonly target?: Partial<RegistryServerOptions>
  /** @param target `127.0.0.1:PORT` */
  readonly client?: (target: string) => Partial<RegistryOptions>
}

/** Faults strike only once the source holds the images. */
export async function faultScene(t: TestEnd, options: FaultSceneOptions): Promise<FaultScene> {
  let ready = false
  const source = await startTestRegistry(t, {
    ...options.source,
    faults: request => (ready ? options.source?.faults?.(request) : undefined),
  })
  const target = await startTestRegistry(t, options.target)
  for (const [name, image] of Object.entries(options.images)) {
    const [repository = '', tag] = name.split(':')
    await pushToServer(source.url, repository, tag, image)
  }
  source.clearRequests()
  ready = true
  const address = parseTarget(`docker://${target.host}/mirror`)
  const client = await openTestClient(t, { ...options.client?.(target.host), target: address })
  const store = openStateFile(path.join(temporaryFolder(t), 'mirror.state.json'))
  const { access } = client
  const setup: MirrorSetup = { target: access.target(address), sources: access.sources, store }
  let wanted: readonly string[] = Object.keys(options.images)
  const plan = (choices?: PlanChoices): Promise<Plan> =>
    planFor(
      setup,
      wanted.map(name => `${source.host}/${name}`),
      choices,
    )
  const apply = (made: Plan, choices?: ApplyChoices): Promise<ApplyResult> => applyTo(setup, made, choices)
  return {
    ...client,
    source,
    target,
    setup,
    want: (...names) => {
      wanted = names
    },
    plan,
    apply,
    mirror: async choices => apply(await plan(), choices),
    left: async () => (await plan()).changes.filter(({ action }) => action !== 'keep').length,
  }
}
