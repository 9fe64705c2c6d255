/** Which kind of file this is, by its `kind`, and what to say when it is none that can be read here. */
import { isRecord } from '../oci/json.ts'
import { type Entry, fieldOf, textOf } from './entry.ts'
import { suggestKey } from './key-suggestion.ts'
import type { ProblemList } from './problem-list.ts'

export const KINDS = ['ImageSetConfiguration', 'Mirror', 'DeleteImageSetConfiguration'] as const
export type ConfigurationKind = (typeof KINDS)[number]

/** The key that only files of the kind have. */
const KEY_OF_KIND: Readonly<Record<ConfigurationKind, string>> = {
  ImageSetConfiguration: 'mirror',
  Mirror: 'targets',
  DeleteImageSetConfiguration: 'delete',
}

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
  const refusal = refusalOf(kind, root, accepted, problems)
  if (refusal !== undefined) {
    problems.add('schema', field.pointer, refusal.message, { hint: refusal.hint })
    return undefined
  }
  // A misspelt kind is reported by the schema of the kind it is taken for.
  const near = kind === undefined ? undefined : suggestKey(kind, accepted)
  if (near !== undefined) return KINDS.find(name => name === near)
  problems.add(
    'schema',
    field.pointer,
    `the kind is ${JSON.stringify(field.value)}, not ${listed(accepted)}`,
    { hint: 'check that this is the right file; `mirrorform init` writes a first image set' },
  )
  return undefined
}

/** Kinds that are known, and are not what is asked for. */
function refusalOf(
  kind: string | undefined,
  root: Entry,
  accepted: readonly ConfigurationKind[],
  problems: ProblemList,
): { readonly message: string; readonly hint: string } | undefined {
  if (kind === 'DeleteImageSetConfiguration')
    return {
      message: 'a DeleteImageSetConfiguration says what to delete, not what to mirror',
      hint: 'plan the deletes of it with `mirrorform plan --delete -c FILE`',
    }
  if (kind === 'ImageSetConfiguration' && accepted.includes('DeleteImageSetConfiguration'))
    return {
      message: 'an ImageSetConfiguration says what to mirror, not what to delete',
      hint: 'write what is to go below `delete:` in a file with kind: DeleteImageSetConfiguration; or take it out of the image set, and plan',
    }
  if (kind === 'DeleteImageList')
    return {
      message: 'a DeleteImageList is a list of images, not a configuration',
      hint: 'delete what it lists with `mirrorform delete --delete-yaml-file FILE docker://HOST`',
    }
  if (kind === 'ConfigMap')
    return { message: 'a ConfigMap is not an image set', hint: configMapHint(root, problems) }
  return undefined
}

/** `A, B or C` */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}

function guessKind(
  root: Readonly<Record<string, unknown>>,
  accepted: readonly ConfigurationKind[],
  problems: ProblemList,
): ConfigurationKind | undefined {
  const guess = KINDS.find(kind => KEY_OF_KIND[kind] in root)
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
