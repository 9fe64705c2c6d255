/**
 * Two sides of a gap on the command line: a near side that reaches the source and never the target, a far side that reaches
 * the target and nothing else, and a disc between them. Each side has a workspace of its own.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Plan } from '../lib/plan/plan.ts'
import { decodePlan } from '../lib/plan/plan-file.ts'
import { type ImageEntry, imageSetText } from './image-set-text.ts'
import { PLAIN_HTTP } from './mirror-scene.ts'
import { type CliResult, type CliWorkspace, cliWorkspace } from './run-cli.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'

export interface GapScene {
  readonly near: CliWorkspace
  readonly far: CliWorkspace
  /** `docker://127.0.0.1:PORT/ocp` */
  readonly target: string
  /** Replaces the near side's image set. */
  want(...images: readonly (string | ImageEntry)[]): void
  /** The folder of a disc, as the near side sees it. */
  disc(name: string): string
  /** Plans an archive on the near side. @throws AssertionError unless it exits 0 */
  planShipment(disc: string, ...more: readonly string[]): Promise<Plan>
  /** Applies the near side's plan. */
  ship(...more: readonly string[]): Promise<CliResult>
  /** Plans and writes an archive with one command. @throws AssertionError unless it exits 0 */
  write(disc: string, ...more: readonly string[]): Promise<void>
  /** Copies a disc to the far side, which reads no other. @returns its folder there */
  carry(disc: string): string
  /** Plans on the far side from discs that were carried. @throws AssertionError unless it exits 0 */
  planImport(discs: readonly string[], ...more: readonly string[]): Promise<Plan>
  /** Plans and applies with one command on the far side. */
  arrive(discs: readonly string[], ...more: readonly string[]): Promise<CliResult>
  /** Applies the far side's plan. */
  receive(...more: readonly string[]): Promise<CliResult>
  /** Carries the far side's receipt back and imports it. */
  confirm(): Promise<CliResult>
}

export const NEAR_STATE = 'enc1.state.json'
export const FAR_STATE = 'site.state.json'
export const SHIPMENT = 'shipment.plan.json'
export const IMPORT = 'import.plan.json'

/**
 * @param target of the far side; the near side may not use it
 * @param closed hosts that the far side's registries.conf blocks, so that asking them is an error
 */
export function gapScene(t: TestEnd, target: string, closed: readonly string[]): GapScene {
  const near = cliWorkspace(t)
  const far = cliWorkspace(t)
  const discs = temporaryFolder(t)
  mkdirSync(path.join(discs, 'near'))
  mkdirSync(path.join(discs, 'far'))
  block(near, [new URL(target.replace(/^docker/, 'http')).host])
  block(far, closed)
  const disc = (name: string): string => path.resolve(discs, 'near', name)
  const there = (name: string): string => path.join(discs, 'far', name)

  async function planShipment(name: string, ...more: readonly string[]): Promise<Plan> {
    const placed = ['-c', 'imageset.yaml', '--to', `file://${disc(name)}`, '--for', target]
    const state = ['--state', NEAR_STATE, '-o', SHIPMENT, ...PLAIN_HTTP]
    const result = await near.run(['plan', ...placed, ...state, ...more])
    assert.equal(result.code, 0, result.output)
    return decodePlan(near.read(SHIPMENT), SHIPMENT)
  }

  const ship = (...more: readonly string[]) => near.run(['apply', SHIPMENT, ...PLAIN_HTTP, ...more])

  return {
    near,
    far,
    target,
    disc,
    want: (...images) => void near.write('imageset.yaml', imageSetText(images)),
    planShipment,
    ship,
    write: async (name, ...more) => {
      const placed = ['-c', 'imageset.yaml', '--to', `file://${disc(name)}`, '--for', target, '--yes']
      const result = await near.run(['apply', ...placed, '--state', NEAR_STATE, ...PLAIN_HTTP, ...more])
      assert.equal(result.code, 0, result.output)
    },
    carry: name => {
      rmSync(there(name), { recursive: true, force: true })
      cpSync(disc(name), there(name), { recursive: true })
      return there(name)
    },
    planImport: async (names, ...more) => {
      const from = names.flatMap(name => ['--from', `file://${there(name)}`])
      const placed = [...from, '--to', target, '--state', FAR_STATE, '-o', IMPORT, ...PLAIN_HTTP]
      const result = await far.run(['plan', ...placed, ...more])
      assert.equal(result.code, 0, result.output)
      return decodePlan(far.read(IMPORT), IMPORT)
    },
    arrive: async (names, ...more) => {
      const from = names.flatMap(name => ['--from', `file://${there(name)}`])
      const placed = [...from, '--to', target, '--state', FAR_STATE, '--yes', ...PLAIN_HTTP]
      return far.run(['apply', ...placed, ...more])
    },
    receive: (...more) => far.run(['apply', IMPORT, ...PLAIN_HTTP, ...more]),
    confirm: async () => {
      near.write('site.receipt.json', far.read('site.receipt.json'))
      return near.run(['receipt', 'import', 'site.receipt.json', '--state', NEAR_STATE])
    },
  }
}

function block(side: CliWorkspace, hosts: readonly string[]): void {
  const rules = hosts.map(host => `[[registry]]\nprefix = "${host}"\nlocation = "${host}"\nblocked = true\n`)
  writeFileSync(path.join(side.root, 'registries.conf'), rules.join('\n'))
}
