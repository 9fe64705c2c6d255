/**
 * The pages of docs/migrate as something to run: which command lines of mirrorform they promise, and a typist that types
 * them, with what stands there in capitals filled in.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PLAIN_HTTP } from './mirror-scene.ts'
import type { CliOptions, CliResult, CliWorkspace } from './run-cli.ts'

const PAGES = new URL('../docs/migrate/', import.meta.url)
const OURS = /^mirrorform /

export interface PromisedLine {
  /** `docs/migrate/from-oc-adm.md:27` */
  readonly place: string
  readonly text: string
}

/** Every page, with its lines. */
function pages(): readonly { readonly name: string; readonly lines: readonly string[] }[] {
  const names = readdirSync(fileURLToPath(PAGES)).filter(name => name.endsWith('.md'))
  return names
    .toSorted()
    .map(name => ({ name, lines: readFileSync(new URL(name, PAGES), 'utf8').split('\n') }))
}

/** What the pages say that one typed before, in code spans of tables. */
export function typedBefore(): ReadonlySet<string> {
  return new Set(pages().flatMap(({ lines }) => lines.filter(line => line.startsWith('|')).flatMap(spansOf)))
}

/** Lines in blocks of commands, and in tables but for those of flags, that begin with `mirrorform`. */
export function promisedLines(): readonly PromisedLine[] {
  return pages().flatMap(({ name, lines }) => {
    const found: PromisedLine[] = []
    let block: 'none' | 'commands' | 'other' = 'none'
    let isOfFlags = false
    let begun = ''
    for (const [at, line] of lines.entries()) {
      const add = (text: string) => {
        const plain = text
          .replace(/\s+#.*$/, '')
          .replace(/\s+/g, ' ')
          .trim()
        if (OURS.test(plain)) found.push({ place: `docs/migrate/${name}:${at + 1}`, text: plain })
      }
      if (line.startsWith('```')) {
        block = block !== 'none' ? 'none' : line === '```sh' ? 'commands' : 'other'
      } else if (block === 'commands') {
        begun += line
        if (begun.endsWith('\\')) {
          begun = begun.slice(0, -1)
          continue
        }
        add(begun)
        begun = ''
      } else if (block === 'none' && line.startsWith('|')) {
        if (!(lines[at - 1] ?? '').startsWith('|')) isOfFlags = /^\| *(?:`--format`|flag)/.test(line)
        if (!isOfFlags) for (const span of spansOf(line)) add(span)
      }
    }
    return found
  })
}

function spansOf(row: string): readonly string[] {
  return [...row.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\\|', '|'))
}

export interface TypingOptions extends CliOptions {
  /** Default 0. */
  readonly exits?: number
  /** Arguments that are no part of the procedure. */
  readonly more?: readonly string[]
  /** What stands for something else in this line than in the others. */
  readonly words?: Readonly<Record<string, string>>
  /** Where it is typed, when not where the others are: the other side of a gap. */
  readonly at?: Pick<CliWorkspace, 'run'>
}

export interface Typist {
  /** Types a line of the procedure; fails unless it exits as expected. @returns what it said */
  type(line: string, options?: TypingOptions): Promise<CliResult>
  /** @throws AssertionError naming the lines of the procedure that were not typed */
  finish(): void
}

/**
 * @param lines all that is to be typed
 * @param words what stands in the lines in capitals, or else stands for something, with what it is here
 */
export function typist(
  workspace: Pick<CliWorkspace, 'run'>,
  lines: readonly string[],
  words: Readonly<Record<string, string>>,
): Typist {
  const left = new Set(lines)
  return {
    async type(line, { exits = 0, more = [], words: others = {}, at = workspace, ...options } = {}) {
      assert.ok(lines.includes(line), `not in this procedure: ${line}`)
      left.delete(line)
      const filled = fillIn(line, { ...words, ...others })
      const [, ...args] = shellWords(filled)
      const plainHttp = plainHttpFor(args).filter(flag => !args.some(arg => nameOf(arg) === nameOf(flag)))
      const result = await at.run([...args, ...plainHttp, ...more], options)
      assert.equal(result.code, exits, `${filled}\n${result.output}`)
      return result
    },
    finish: () => assert.deepEqual([...left], []),
  }
}

/** The longest word wins where one begins like another. */
function fillIn(line: string, words: Readonly<Record<string, string>>): string {
  const known = Object.keys(words).toSorted((a, b) => b.length - a.length)
  if (known.length === 0) return line
  const quoted = known.map(word => word.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  const anyWord = new RegExp(`(?<![\\w])(?:${quoted.join('|')})(?![\\w])`, 'g')
  return line.replace(anyWord, word => words[word] ?? word)
}

function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ''))
}

/** `--insecure=true` → `--insecure` */
function nameOf(flag: string): string {
  return flag.split('=', 1)[0] ?? flag
}

/** Registries of tests speak plain HTTP, which is no part of any procedure. */
function plainHttpFor([command = '', second = '']: readonly string[]): readonly string[] {
  if (command === 'list') return ['--src-tls-verify=false']
  if (command === 'image' || (command === 'adm' && second !== 'migrate')) return ['--insecure']
  const talks = ['plan', 'apply', 'mirror', 'delete', 'import', 'import-config', 'extract', 'verify']
  return talks.includes(command) ? PLAIN_HTTP : []
}
