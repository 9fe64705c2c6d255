/**
 * A source with whatever a test pushes into it, and a target that speaks a dialect: planned and applied in this process,
 * through the registry client.
 */
import path from 'node:path'
import type { ApplyResult } from '../lib/apply/index.ts'
import type { Plan } from '../lib/plan/plan.ts'
import type { TargetRepository } from '../lib/provider.ts'
import { parseTarget } from '../lib/target.ts'
import type { RegistryServer } from '../providers/embedded/index.ts'
import { openTestClient } from '../providers/registry/testing/scripted-registry.ts'
import { openStateFile } from '../state/index.ts'
import type { Dialect } from './dialects.ts'
import type { Built } from './images.ts'
import { type ApplyChoices, applyTo, type MirrorSetup, type PlanChoices, planFor } from './mirroring.ts'
import { pushToServer } from './push.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'
import { startTestRegistry } from './test-registry.ts'

export interface DialectScene {
  readonly source: RegistryServer
  readonly destination: RegistryServer
  readonly setup: MirrorSetup
  /** @param names `app:1`, in the source; without a tag the image is only pushed by digest */
  push(name: string, image: Built): Promise<void>
  /** @param names what is wanted, `app:1` */
  plan(names: readonly string[], choices?: PlanChoices): Promise<Plan>
  apply(plan: Plan, choices?: ApplyChoices): Promise<ApplyResult>
  /** A repository below the target's prefix, `mirror`. */
  held(repository: string): TargetRepository
}

export async function dialectScene(t: TestEnd, dialect: Dialect): Promise<DialectScene> {
  const [source, destination] = await Promise.all([startTestRegistry(t), startTestRegistry(t, dialect)])
  const address = parseTarget(`docker://${destination.host}/mirror`)
  const { access } = await openTestClient(t, { target: address })
  const target = access.target(address)
  const store = openStateFile(path.join(temporaryFolder(t), 'mirror.state.json'))
  const setup: MirrorSetup = { target, sources: access.sources, store }
  return {
    source,
    destination,
    setup,
    push: async (name, image) => {
      const [repository = '', tag] = name.split(':')
      await pushToServer(source.url, repository, tag, image)
    },
    plan: (names, choices) =>
      planFor(
        setup,
        names.map(name => `${source.host}/${name}`),
        choices,
      ),
    apply: (plan, choices) => applyTo(setup, plan, choices),
    held: repository => target.repository(`mirror/${repository}` as never),
  }
}
