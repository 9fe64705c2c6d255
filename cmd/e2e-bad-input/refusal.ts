/**
 * What every refusal of the command line has in common, checked for each: the exit code, a message that says what, where
 * and what to try, no stack trace, nothing written, and with `--json` exactly one error document.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { CliOptions, CliResult, CliWorkspace } from '../../testdata/run-cli.ts'

/** Test registries speak plain HTTP. */
export const ANY_TLS = ['--src-tls-verify=false', '--dest-tls-verify=false'] as const
/** No waiting for what will not get better. */
export const ONCE = ['--retry-times', '0'] as const

export interface Refusal {
  /** Default 1. */
  readonly code?: number
  /** What the user reads, line breaks taken for spaces. */
  readonly says: readonly (string | RegExp)[]
  readonly env?: CliOptions['env']
}

/** Runs with `--json`, which leaves stderr as it is without, and checks all that holds for every refusal. */
export async function refused(
  workspace: CliWorkspace,
  args: readonly string[],
  { says, code = 1, env = {} }: Refusal,
): Promise<CliResult> {
  const before = filesIn(workspace.folder)
  const result = await workspace.run([...args, '--json'], { env })
  assert.equal(result.code, code, result.output)
  assertReadable(result)
  assertSays(result.stderr, says)
  assertErrorDocument(result.stdout)
  assert.deepEqual(filesIn(workspace.folder), before, 'a refusal leaves every file as it was')
  return result
}

/** One complaint, with a hint, in words: nothing that only the program's author understands. */
export function assertReadable({ stderr, output }: CliResult): void {
  assert.doesNotMatch(output, /^\s+at .+[:(]\d+/m, 'no stack trace')
  assert.doesNotMatch(output, /undefined|\[object |NaN|UND_ERR|node:internal/, 'no innards')
  assert.equal(stderr.match(/^(Error:|[1-9]\d* problems? in )/gm)?.length, 1, stderr)
  assert.match(stderr, /^ {0,2}Hint: /m, stderr)
}

export function assertSays(text: string, says: readonly (string | RegExp)[]): void {
  const flat = text.replaceAll(/\s+/g, ' ')
  for (const words of says)
    if (typeof words === 'string') assert.ok(flat.includes(words), `does not say "${words}":\n${text}`)
    else assert.match(flat, words)
}

function assertErrorDocument(stdout: string): void {
  const document = JSON.parse(stdout)
  assert.equal(document.format, 'mirrorform-error')
  assert.equal(document.version, 1)
  assert.ok(document.error.message.length > 0)
}

/** Everything below a folder: path → content. */
export function filesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const at = path.join(entry.parentPath, entry.name)
    if (entry.isFile()) files[path.relative(folder, at)] = readFileSync(at, 'latin1')
  }
  return files
}

/** An image set of additional images, as text. */
export function imageSet(...names: readonly string[]): string {
  return [
    'apiVersion: mirror.openshift.io/v2alpha1',
    'kind: ImageSetConfiguration',
    'mirror:',
    '  additionalImages:',
    ...names.map(name => `    - name: ${name}`),
    '',
  ].join('\n')
}
