/** Commands of mirrorform as lines for a shell: what a command line of another tool comes down to here. */
import { withoutLogins } from '../../lib/errors.ts'
import type { Output } from '../terminal/index.ts'

/** `['mirrorform', 'plan', '-c', 'my set.yaml']` → `mirrorform plan -c 'my set.yaml'` */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/** Says on stderr what is about to be done: commands as words, or as a line for the shell. */
export function tellEquivalent(output: Output, commands: readonly (string | readonly string[])[]): void {
  const lines = commands.map(each => `  ${typeof each === 'string' ? each : shellLine(each)}`)
  output.note(withoutLogins(['The same with mirrorform:', ...lines].join('\n')))
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
