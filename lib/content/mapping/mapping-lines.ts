/**
 * The text of a mapping file, or the words of a command line, -> mappings: `SRC=DST` words, or one source and its
 * destinations, `SRC DST DST2`. `#` begins a comment. (`oc image mirror`, "Arguments and mapping files"; oc-mirror's
 * mapping.txt is the same with `docker://` before its names.)
 */
import { ConfigError, type Problem, type SourceFile } from '../../config/index.ts'
import { hintOf, messageOf, SyntaxFault } from '../../errors.ts'
import type { Mapping } from './mapping.ts'
import { parseMappingDestination } from './mapping-destination.ts'
import { parseMappingSource } from './mapping-source.ts'
import { settleMeetings } from './meetings.ts'

export interface MappingSyntax {
  /** The folder that `file://` sources are below. */
  readonly fileRoot?: string | undefined
}

interface Word {
  readonly text: string
  /** from 1 */
  readonly column: number
}

interface Pair {
  readonly source: Word
  readonly destination: Word
}

type Complain = (column: number, message: string, hint?: string) => void

/** In the order of the files. @throws ConfigError with the problems of all files */
export function parseMappings(files: readonly SourceFile[], syntax: MappingSyntax = {}): readonly Mapping[] {
  const problems: Problem[] = []
  const mappings = files.flatMap(file => mappingsOf(file, syntax, problems))
  const met = settleMeetings(mappings)
  problems.push(...met.problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return met.mappings
}

function mappingsOf({ path, text }: SourceFile, syntax: MappingSyntax, problems: Problem[]): Mapping[] {
  return text.split('\n').flatMap((whole, at) => {
    const snippet = whole.replace(/\r$/, '')
    const line = at + 1
    const complain: Complain = (column, message, hint) =>
      problems.push({
        kind: 'syntax',
        path,
        line,
        column,
        message,
        snippet,
        ...(hint !== undefined && { hint }),
      })
    return pairsOf(wordsOf(snippet), complain).flatMap(({ source, destination }): Mapping[] => {
      const from = attempt(source, complain, text => parseMappingSource(text, syntax.fileRoot))
      const to = attempt(destination, complain, parseMappingDestination)
      if (from === undefined || to === undefined) return []
      if (from.tags !== undefined && to.tag !== undefined) {
        complain(
          destination.column,
          `"${destination.text}" is one tag, and ${source.text} may be several images`,
          'leave the tag of the destination out: each image keeps its own',
        )
        return []
      }
      return [{ source: from, destination: to, place: { path, line, column: destination.column, snippet } }]
    })
  })
}

function wordsOf(line: string): readonly Word[] {
  const [said = ''] = line.split('#', 1)
  return [...said.matchAll(/[^\s\ufeff]+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }))
}

function pairsOf(words: readonly Word[], complain: Complain): readonly Pair[] {
  const [first, ...rest] = words
  if (first === undefined) return []
  if (!words.some(({ text }) => text.includes('='))) {
    if (rest.length > 0) return rest.map(destination => ({ source: first, destination }))
    complain(first.column, `${first.text} goes nowhere`, 'write SRC=DST, or SRC DST [DST2 …]')
    return []
  }
  return words.flatMap(word => {
    const equals = word.text.indexOf('=')
    const [source, destination] = [word.text.slice(0, equals), word.text.slice(equals + 1)]
    if (equals < 0) {
      complain(
        word.column,
        `${word.text} stands alone among words with "="`,
        'write SRC=DST for each, or one SRC and its destinations without "="',
      )
      return []
    }
    if (source === '' || destination === '') {
      complain(
        word.column,
        `${word.text} lacks its ${source === '' ? 'source' : 'destination'}`,
        'write SRC=DST without spaces',
      )
      return []
    }
    return [
      {
        source: { text: source, column: word.column },
        destination: { text: destination, column: word.column + equals + 1 },
      },
    ]
  })
}

function attempt<T>(word: Word, complain: Complain, parse: (text: string) => T): T | undefined {
  try {
    return parse(word.text)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    complain(word.column, messageOf(error), hintOf(error))
    return undefined
  }
}
