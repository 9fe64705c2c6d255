/**
 * One image reference in a line -> images, as k3s, RKE2, Rancher and Harvester publish them. `#` begins a comment; a name
 * without a registry is Docker Hub's, as it is for whoever pulls it.
 */
import { hintOf, messageOf, SyntaxFault } from '../../errors.ts'
import { parseReference } from '../../oci/reference.ts'
import type { ListEntry, PathRule } from './imported-list.ts'
import { imageOf } from './listed-image.ts'
import { notCarried } from './omission.ts'

/** Words before a comment, with the bullet of a YAML list taken away. */
function wordsOf(line: string): readonly RegExpExecArray[] {
  const [said = ''] = line.replace(/\r$/, '').split(/(?:^|\s)#/, 1)
  const bulleted = said.replace(/^(\s*)-(\s)/, '$1 $2')
  return [...bulleted.matchAll(/[^\s"']+/g)]
}

/** What most lines of a text are: one reference each, lines of a mapping file, or something else. */
export function natureOf(text: string): 'references' | 'mappings' | 'neither' {
  const lines = text.split('\n').flatMap(line => {
    const words = wordsOf(line).map(([word]) => word)
    return words.length === 0 ? [] : [words]
  })
  const most = (is: (words: readonly string[]) => boolean): boolean =>
    lines.length > 0 && lines.filter(is).length * 2 >= lines.length
  if (most(([word = '', second]) => second === undefined && isReference(word))) return 'references'
  return most(words => words.flatMap(word => word.split('=')).length > 1 && words.every(isMapped))
    ? 'mappings'
    : 'neither'
}

/** `quay.io/a/b:1`, `alpine:3`; a bare word could be anything. */
function isReference(word: string): boolean {
  if (!/[/:]/.test(word)) return false
  try {
    parseReference(word)
    return true
  } catch {
    return false
  }
}

function isMapped(word: string): boolean {
  return word.split('=').every(isReference)
}

export function readPlainList(text: string, rule: PathRule): readonly ListEntry[] {
  return text.split('\n').flatMap((line, at): ListEntry[] => {
    const [word, second] = wordsOf(line)
    if (word === undefined) return []
    const place = { line: at + 1, column: word.index + 1 }
    const omitted = (message: string, hint?: string): ListEntry[] => [
      notCarried('images', place, message, hint),
    ]
    if (second !== undefined || word[0].includes('='))
      return omitted(
        'this line holds more than one reference',
        'lines SRC=DST are a mapping file: mirrorform plan --mapping FILE',
      )
    try {
      return [imageOf(parseReference(word[0]), { rule, platforms: [], place })]
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      return omitted(messageOf(error), hintOf(error))
    }
  })
}
