/**
 * `mirror.blockedImages` -> rules.
 *
 * An object's `name` is a regular expression, as in oc-mirror v2. A plain text, as the product documentation writes
 * them, is the image it names; what cannot be an image reference (`.*aws.*`) is a regular expression as well.
 */
import { RE2JS } from 're2js'
import { messageOf, SyntaxFault } from '../errors.ts'
import { parseReference, type Reference } from '../oci/reference.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import type { ProblemList } from './problem-list.ts'

/** What is not mirrored whatever asks for it. `text` is the rule as written. */
export type BlockRule =
  | { readonly kind: 'reference'; readonly reference: Reference; readonly text: string }
  /** RE2 syntax, found anywhere in the text it is held against. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly text: string }
  /** The same, held against the source alone (oc-mirror v1). */
  | { readonly kind: 'sourcePattern'; readonly pattern: string; readonly text: string }

export function readBlockedImages(mirror: Entry | undefined, problems: ProblemList): readonly BlockRule[] {
  return itemsOf(mirror, 'blockedImages').flatMap((item): BlockRule[] => {
    const plain = textOf(item)
    const written = plain === undefined ? fieldOf(item, 'name') : item
    const text = textOf(written)
    if (written === undefined || text === undefined) return []
    const reference = plain === undefined ? undefined : referenceOrUndefined(plain)
    if (reference !== undefined) return [{ kind: 'reference', reference, text }]
    return isPattern(written, text, problems) ? [{ kind: 'pattern', pattern: text, text }] : []
  })
}

/** As oc-mirror v1 has it: every entry is a regular expression, looked for in the source. */
export function readBlockedSources(mirror: Entry | undefined, problems: ProblemList): readonly BlockRule[] {
  return itemsOf(mirror, 'blockedImages').flatMap((item): BlockRule[] => {
    const name = fieldOf(item, 'name')
    const text = textOf(name)
    if (name === undefined || text === undefined || !isPattern(name, text, problems)) return []
    return [{ kind: 'sourcePattern', pattern: text, text }]
  })
}

function isPattern(written: Entry, text: string, problems: ProblemList): boolean {
  const fault = faultOfPattern(text)
  if (fault !== undefined)
    problems.add('rule', written.pointer, `"${text}" is not a regular expression: ${fault}`, {
      hint: 'RE2 syntax: no look-around and no back-references; write \\. for a dot',
    })
  return fault === undefined
}

function referenceOrUndefined(text: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}

function faultOfPattern(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    return messageOf(error).replace(/^error parsing regexp: /, '')
  }
}
