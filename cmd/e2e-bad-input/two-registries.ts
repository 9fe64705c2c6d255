/** The usual scene of these tests: a source registry with small images, an empty target, and a folder to work in. */

import type { RegistryServerOptions } from '../../providers/embedded/index.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { ANY_TLS, imageSet, ONCE } from './refusal.ts'

type TestRegistry = Awaited<ReturnType<typeof startTestRegistry>>

export interface Scene {
  readonly source: TestRegistry
  readonly target: TestRegistry
  readonly workspace: CliWorkspace
  /** `docker://127.0.0.1:PORT/mirror` */
  readonly to: string
  /** `-c set.yaml --to …` and what plain HTTP and no waiting need. */
  readonly set: readonly string[]
  /** Writes set.yaml with these repositories of the source, as `team/a:v1`. */
  want(...names: readonly string[]): void
}

/** The source holds `team/a:v1`, `team/b:v1` and `team/c:v1`; set.yaml wants the first two. */
export async function twoRegistries(
  t: TestEnd,
  options: {
    readonly source?: Partial<RegistryServerOptions>
    readonly target?: Partial<RegistryServerOptions>
  } = {},
): Promise<Scene> {
  // Faults strike the command, not the preparations.
  let ready = false
  const source = await startTestRegistry(t, {
    ...options.source,
    faults: request => (ready ? options.source?.faults?.(request) : undefined),
  })
  const target = await startTestRegistry(t, options.target)
  for (const name of ['a', 'b', 'c'])
    await pushToServer(source.url, `team/${name}`, 'v1', buildImage({ seed: name }))
  source.clearRequests()
  ready = true
  const workspace = cliWorkspace(t)
  const want = (...names: readonly string[]): void =>
    void workspace.write('set.yaml', imageSet(...names.map(name => `${source.host}/${name}`)))
  want('team/a:v1', 'team/b:v1')
  const to = `docker://${target.host}/mirror`
  return { source, target, workspace, to, want, set: ['-c', 'set.yaml', '--to', to, ...ANY_TLS, ...ONCE] }
}

/** Requests that change something. */
export function changesAt(registry: TestRegistry): readonly string[] {
  return registry.requests
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path}`)
}
