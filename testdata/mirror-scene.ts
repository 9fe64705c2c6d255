/**
 * What most end-to-end tests need: a workspace with an image set and one target, and the commands that plan and apply
 * it there. Registries of tests speak plain HTTP, which both sides are told to accept.
 */
import assert from 'node:assert/strict'
import type { Action, Plan, Summary } from '../lib/plan/plan.ts'
import { decodePlan } from '../lib/plan/plan-file.ts'
import { type ImageEntry, imageSetText } from './image-set-text.ts'
import {
  type CliOptions,
  type CliResult,
  type CliWorkspace,
  cliWorkspace,
  type RunningCli,
} from './run-cli.ts'
import type { TestEnd } from './temp.ts'

/** What `plan --json` promises to scripts. */
export interface PlanDocument {
  readonly format: string
  readonly version: number
  readonly target: string
  readonly summary: Summary
  readonly destructive: boolean
  readonly notes: readonly string[]
  readonly changes: readonly {
    readonly action: Action
    readonly destination: string
    readonly source: string
    readonly digest: string
    readonly previousDigest?: string
    readonly size: number
    readonly reason?: string
  }[]
}

export interface MirrorScene extends CliWorkspace {
  readonly target: string
  /** Replaces the image set. */
  want(...images: readonly (string | ImageEntry)[]): void
  /** Plans with `--json --detailed-exitcode` and saves the plan. @throws AssertionError unless it exits 0, 2 or 3. */
  plan(...more: readonly string[]): Promise<{
    readonly code: number
    readonly document: PlanDocument
    readonly plan: Plan
    readonly stderr: string
  }>
  /** Applies the saved plan. */
  applySaved(...more: readonly string[]): Promise<CliResult>
  startApplySaved(...more: readonly string[]): RunningCli
  /** Plans and applies in one go. @throws AssertionError unless it exits 0. */
  apply(...more: readonly string[]): Promise<CliResult>
  /** Any command that takes a target and talks to it. */
  at(command: string, more?: readonly string[], options?: CliOptions): Promise<CliResult>
}

export const IMAGE_SET = 'imageset.yaml'
export const STATE = 'mirror.state.json'
export const PLAN = 'mirror.plan.json'
export const PLAIN_HTTP: readonly string[] = ['--src-tls-verify=false', '--dest-tls-verify=false']

/**
 * @param target `docker://127.0.0.1:PORT/prefix` or `oci://folder`
 * @param env added to the environment of every command
 */
export function mirrorScene(t: TestEnd, target: string, env: CliOptions['env'] = {}): MirrorScene {
  const workspace = cliWorkspace(t, env)
  const placed = ['-c', IMAGE_SET, '--to', target, '--state', STATE, ...PLAIN_HTTP]
  const saved = ['apply', PLAN, ...PLAIN_HTTP]
  const at = (command: string, more: readonly string[] = [], options?: CliOptions): Promise<CliResult> =>
    workspace.run([command, ...placed, ...more], options)
  return {
    ...workspace,
    target,
    at,
    want: (...images) => void workspace.write(IMAGE_SET, imageSetText(images)),
    plan: async (...more) => {
      const { code, stdout, stderr, output } = await at('plan', [
        '--json',
        '--detailed-exitcode',
        '-o',
        PLAN,
        ...more,
      ])
      assert.ok(code === 0 || code === 2 || code === 3, `plan exited with ${code}:\n${output}`)
      const document: PlanDocument = JSON.parse(stdout)
      return { code, document, plan: decodePlan(stdout, 'the printed plan'), stderr }
    },
    applySaved: (...more) => workspace.run([...saved, ...more]),
    startApplySaved: (...more) => workspace.start([...saved, ...more]),
    apply: async (...more) => {
      const result = await at('apply', ['--yes', ...more])
      assert.equal(result.code, 0, result.output)
      return result
    },
  }
}

/** How many of each action that is not zero: `{ add: 2, delete: 1 }`. */
export function actionsOf({ changes }: PlanDocument): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {}
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1
  return counts
}
