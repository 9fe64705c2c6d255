/**
 * A topology on the command line: the internet (a registry that registries.conf puts in place of every host that is named),
 * an enterprise registry in front of it, and enclaves behind that one. The internet can be cut.
 */
import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { decodeState } from '../lib/files/state-file.ts'
import type { State } from '../lib/state.ts'
import { type DockerRegistry, startDockerRegistry } from './docker-registry.ts'
import { PLAIN_HTTP } from './mirror-scene.ts'
import { registriesConf } from './releases.ts'
import { type CliOptions, type CliResult, type CliWorkspace, cliWorkspace } from './run-cli.ts'
import type { TestEnd } from './temp.ts'

/** The caller closes them. */
export function startEnclaveRegistries(): Promise<
  [internet: DockerRegistry, enterprise: DockerRegistry, site: DockerRegistry]
> {
  return Promise.all([startDockerRegistry(), startDockerRegistry(), startDockerRegistry()])
}

export interface EnclaveTarget {
  readonly name: string
  readonly to: string
  readonly via?: string
  readonly imageSets: readonly string[]
  readonly [more: string]: unknown
}

export interface EnclaveScene extends CliWorkspace {
  /** Replaces `mirrorform.yaml`. */
  topology(...targets: readonly EnclaveTarget[]): void
  /** From now on every host that images are named by is refused before anything is asked of it. */
  cut(): void
  /** These are refused too. */
  block(...hosts: readonly string[]): void
  /** A command for one target. */
  at(command: string, target: string, ...more: readonly string[]): Promise<CliResult>
  /** Plans and applies. @throws AssertionError unless it exits 0 */
  apply(target: string, ...more: readonly string[]): Promise<CliResult>
  state(target: string): State
}

/** @param internet `127.0.0.1:PORT` of the registry that plays the hosts */
export function enclaveScene(
  t: TestEnd,
  internet: string,
  hosts: readonly string[],
  env: CliOptions['env'] = {},
): EnclaveScene {
  const workspace = cliWorkspace(t, env)
  const conf = path.join(workspace.root, 'registries.conf')
  writeFileSync(conf, registriesConf(internet, hosts))
  const at = (command: string, target: string, ...more: readonly string[]) =>
    workspace.run([command, '--target', target, ...PLAIN_HTTP, ...more])
  return {
    ...workspace,
    topology: (...targets) =>
      void workspace.write(
        'mirrorform.yaml',
        JSON.stringify({ apiVersion: 'mirrorform.dev/v1alpha1', kind: 'Mirror', targets }),
      ),
    cut: () => writeFileSync(conf, blocking([...hosts, internet])),
    block: (...more) => appendFileSync(conf, `\n${blocking(more)}`),
    at,
    apply: async (target, ...more) => {
      const result = await at('apply', target, '--yes', ...more)
      assert.equal(result.code, 0, result.output)
      return result
    },
    state: target => {
      const name = `${target}.state.json`
      return decodeState(workspace.read(name), name)
    },
  }
}

function blocking(hosts: readonly string[]): string {
  return hosts
    .map(host => `[[registry]]\nprefix = "${host}"\nlocation = "${host}"\nblocked = true\n`)
    .join('\n')
}
