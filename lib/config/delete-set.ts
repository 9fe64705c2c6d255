/**
 * A DeleteImageSetConfiguration as data: which releases, operators, images, charts and samples are to go, by the names that
 * image sets use. What of it a target holds is for the state to say (`lib/content/deletes`).
 *
 * The file is that of oc-mirror v2, whose `apiVersion` is not looked at: v1alpha2 says the same.
 */
import { type AdditionalImage, readAdditionalImages } from './additional-images.ts'
import { type Entry, fieldOf } from './entry.ts'
import { type HelmSection, readHelm } from './helm-section.ts'
import { checkOperators } from './operator-rules.ts'
import { type OperatorSection, readOperators } from './operator-section.ts'
import { type PlatformSection, readPlatform } from './platform-section.ts'
import type { ProblemList } from './problem-list.ts'
import { readSamples, type SampleSection } from './sample-section.ts'
import { DELETE_SET_SCHEMA } from './schema/deleteset-v2alpha1.ts'
import { checkSchema, type ForeignKeys, withoutEmptyKeys } from './schema-check.ts'

export interface DeleteSet {
  readonly path: string
  /** Releases; absent where it names none. */
  readonly platform?: PlatformSection
  readonly operators: readonly OperatorSection[]
  readonly additionalImages: readonly AdditionalImage[]
  /** Charts; absent where it names none. */
  readonly helm?: HelmSection
  readonly samples: readonly SampleSection[]
}

const FOREIGN_KEYS: ForeignKeys = new Map([
  [
    'mirror',
    [
      '"mirror" is not allowed in a DeleteImageSetConfiguration',
      'write what is to go below delete, or say kind: ImageSetConfiguration',
    ],
  ],
  ['archivesize', ['"archiveSize" has no meaning for deletes', 'delete it']],
  [
    'blockedimages',
    ['"blockedImages" has no meaning for deletes', 'delete it: only what the file names is deleted'],
  ],
  [
    'storageconfig',
    ['"storageConfig" belongs to oc-mirror v1', 'delete it: the state file says what is held'],
  ],
])

/** Adds what is wrong to `problems`; the result is only good when that stays empty. */
export function readDeleteSet(root: Entry, path: string, problems: ProblemList): DeleteSet {
  const pruned: Entry = { ...root, value: withoutEmptyKeys(DELETE_SET_SCHEMA, root.value) }
  checkSchema(DELETE_SET_SCHEMA, pruned.value, problems, FOREIGN_KEYS)
  const named = fieldOf(pruned, 'delete')
  checkOperators(named, problems)
  const helm = readHelm(named, path, problems)
  const platform = readPlatform(fieldOf(named, 'platform'), path, problems)
  return {
    path,
    ...(platform !== undefined && { platform }),
    operators: readOperators(named, path, problems),
    additionalImages: readAdditionalImages(named, path, problems),
    ...(helm !== undefined && { helm }),
    samples: readSamples(named, path, problems),
  }
}
