/** Commands of mirrorform as lines for a shell: what a command line of another tool comes down to here. */
import type { Output } from '../terminal/index.ts'

/** `['mirrorform', 'plan', '-c', 'my set.yaml']` → `mirrorform plan -c 'my set.yaml'` */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/** Says on stderr what is about to be done. */
export function tellEquivalent(output: Output, commands: readonly (readonly string[])[]): void {
  output.note(['The same with mirrorform:', ...commands.map(words => `  ${shellLine(words)}`)].join('\n'))
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
