/**
 * mirrorform as its users run it: the built program with plain Node. Each command gets a folder of its own with the
 * image set in it, where state and cache stay too.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PushedImage } from './images.ts'
import { type ProgramRun, runProgram } from './program.ts'

const ROOT = path.join(import.meta.dirname, '..')
const NODE = path.join(ROOT, 'node_modules/.bin/node')

export interface Mirrorform {
  readonly version: string
  /** What comes before the arguments. */
  readonly command: readonly [string, ...string[]]
}

/** Builds mirrorform first, unless it is to be run from its TypeScript, which starts slower. @throws Error of the build */
export function prepareMirrorform(fromSource: boolean): Mirrorform {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }
  if (fromSource) {
    const tsx = import.meta.resolve('tsx')
    return { version, command: [NODE, '--import', tsx, path.join(ROOT, 'cmd/main.ts')] }
  }
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  return { version, command: [NODE, path.join(ROOT, 'dist/cmd/main.js')] }
}

export interface Workplace {
  /** Where image set, state and cache lie. */
  readonly folder: string
  readonly to: string
  /** Added to the environment of every command. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * @param source host of the source registry
 * @param target host of the target registry, with prefix
 */
export function writeImageSet(
  folder: string,
  source: string,
  target: string,
  images: readonly PushedImage[],
): Workplace {
  const lines = images.map(({ repository, tag }) => `    - name: ${source}/${repository}:${tag}`)
  const text = [
    'apiVersion: mirror.openshift.io/v2alpha1',
    'kind: ImageSetConfiguration',
    'mirror:',
    '  additionalImages:',
    ...lines,
  ]
  writeFileSync(path.join(folder, 'imageset.yaml'), `${text.join('\n')}\n`)
  return { folder, to: `docker://${target}` }
}

/** Plans and applies in one command. @throws Error with what it said when it fails */
export function mirrorformApply(
  mirrorform: Mirrorform,
  place: Workplace,
  flags: readonly string[],
): Promise<ProgramRun> {
  return run(mirrorform, place, ['apply', ...planArguments(place), '--yes', ...flags])
}

/** Plans only. */
export function mirrorformPlan(
  mirrorform: Mirrorform,
  place: Workplace,
  flags: readonly string[],
): Promise<ProgramRun> {
  return run(mirrorform, place, ['plan', ...planArguments(place), ...flags])
}

function planArguments({ to }: Workplace): readonly string[] {
  return [
    ...['-c', 'imageset.yaml', '--to', to, '--state', 'state.json', '--cache-dir', 'cache'],
    ...['--src-tls-verify=false', '--dest-tls-verify=false', '--progress', 'none'],
  ]
}

function run(
  { command }: Mirrorform,
  { folder, env }: Workplace,
  args: readonly string[],
): Promise<ProgramRun> {
  const [program, ...first] = command
  return runProgram(program, [...first, ...args], { cwd: folder, env: { ...process.env, ...env } })
}
