/** Tells the story on a stream, in lines that fit its width. */
import type { Style } from '../../lib/report/index.ts'

export interface Narrator {
  heading(text: string): void
  /** A paragraph, wrapped. */
  say(text: string): void
  /** Lines as they are, indented. */
  quote(text: string): void
  /** A command as a user would type it. */
  command(words: readonly string[]): void
  /** Resolves once everything said so far is written, so that another process may go on. */
  flush(): Promise<void>
}

/** Longer lines are tiring to read. */
const WIDEST = 88
/** Below this, words are not broken any further. */
const NARROWEST = 20

export function createNarrator(stream: NodeJS.WritableStream, columns: number, style: Style): Narrator {
  const width = Math.max(NARROWEST, Math.min(columns, WIDEST))
  const write = (text: string) => stream.write(`${text}\n`)
  return {
    heading: text =>
      write(
        `\n${wrap(text.split(' '), width)
          .map(line => style.strong(line))
          .join('\n')}`,
      ),
    say: text => write(wrap(text.split(/\s+/), width).join('\n')),
    quote: text => write(style.faint(text.trimEnd().replace(/^/gm, '  '))),
    command: words =>
      write(
        `\n${wrapCommand(words, columns)
          .map(line => style.hint(line))
          .join('\n')}`,
      ),
    flush: () =>
      new Promise((resolve, reject) => {
        stream.write('', error => (error ? reject(error) : resolve()))
      }),
  }
}

function wrap(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** `$ mirrorform …`, with `\` at the ends of lines, as a shell takes it. An option stays with its value. */
function wrapCommand(words: readonly string[], width: number): readonly string[] {
  const pieces: string[] = []
  for (const word of words) {
    const before = pieces.at(-1)
    if (before?.startsWith('-') && !before.includes(' ') && !word.startsWith('-'))
      pieces[pieces.length - 1] = `${before} ${word}`
    else pieces.push(word)
  }
  const [first = '', ...rest] = wrap(pieces, width - 6)
  const lines = [`$ ${first}`, ...rest.map(line => `    ${line}`)]
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} \\` : line))
}
