/** Which kind of file this is, by its `kind`, and what to say when it is none that can be read here. */

import { isRecord } from '../oci/json.ts'
import { type Entry, fieldOf, textOf } from './entry.ts'
import { suggestKey } from './key-suggestion.ts'
import type { ProblemList } from './problem-list.ts'

export const KINDS = ['ImageSetConfiguration', 'Mirror'] as const
export type ConfigurationKind = (typeof KINDS)[number]

/**
 * The kind to read the file as. A missing or misspelt one is guessed, and reported, so that the rest of the file can
 * be checked in the same run; undefined, with a problem, when there is nothing to go by.
 */
export function kindOf(
  root: Entry,
  accepted: readonly ConfigurationKind[],
  problems: ProblemList,
): ConfigurationKind | undefined {
  if (!isRecord(root.value)) {
    problems.add('schema', root.pointer, 'the file must be an object, "key: value" lines', {
      hint: `begin with "kind: ${accepted[0]}"`,
    })
    return undefined
  }
  const field = fieldOf(root, 'kind')
  if (field === undefined) return guessKind(root.value, accepted, problems)
  const kind = textOf(field)
  const known = KINDS.find(name => name === kind)
  if (known !== undefined && accepted.includes(known)) return known
  if (kind === 'DeleteImageSetConfiguration') {
    problems.add(
      'unsupported',
      field.pointer,
      'DeleteImageSetConfiguration is not supported yet by this version',
      {
        hint: 'delete the images from the image set and plan again: what is no longer wanted is planned as a delete',
      },
    )
    return undefined
  }
  if (kind === 'ConfigMap') {
    problems.add('schema', field.pointer, 'a ConfigMap is not an image set', {
      hint: configMapHint(root, problems),
    })
    return undefined
  }
  // A misspelt kind is reported by the schema of the kind it is taken for.
  const near = kind === undefined ? undefined : suggestKey(kind, accepted)
  if (near !== undefined) return KINDS.find(name => name === near)
  problems.add(
    'schema',
    field.pointer,
    `the kind is ${JSON.stringify(field.value)}, not ${accepted.join(' or ')}`,
    { hint: 'check that this is the right file; `mirrorform init` writes a first image set' },
  )
  return undefined
}

function guessKind(
  root: Readonly<Record<string, unknown>>,
  accepted: readonly ConfigurationKind[],
  problems: ProblemList,
): ConfigurationKind | undefined {
  const guess = 'mirror' in root ? 'ImageSetConfiguration' : 'targets' in root ? 'Mirror' : undefined
  // With a guess, the schema of that kind reports the missing key.
  if (guess !== undefined && accepted.includes(guess)) return guess
  const misspelt = Object.keys(root).find(key => suggestKey(key, ['kind']) !== undefined)
  problems.add('schema', misspelt === undefined ? '' : `/${misspelt}`, 'the file has no kind', {
    at: 'key',
    hint: misspelt === undefined ? `write "kind: ${accepted[0]}"` : `did you mean "kind" by "${misspelt}"?`,
  })
  return undefined
}

function configMapHint(root: Entry, problems: ProblemList): string {
  const data = fieldOf(root, 'data')
  const wrapped = Object.entries(isRecord(data?.value) ? data.value : {}).find(
    ([, value]) => typeof value === 'string' && value.includes('ImageSetConfiguration'),
  )
  if (data === undefined || wrapped === undefined) return 'write the image set itself'
  const line = problems.lineOf(`${data.pointer}/${wrapped[0]}`)
  return `save the text under data."${wrapped[0]}" (line ${line}) as a file of its own`
}
