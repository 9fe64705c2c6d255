/**
 * An ImageSetConfiguration as data: what it asks for, with every default filled in and every reference parsed.
 * The whole v2alpha1 format is recognised.
 */
import { type AdditionalImage, readAdditionalImages } from './additional-images.ts'
import { type BlockRule, readBlockedImages } from './blocked-images.ts'
import { type Entry, fieldOf, numberOf } from './entry.ts'
import { type HelmSection, readHelm } from './helm-section.ts'
import { checkOperators } from './operator-rules.ts'
import { type OperatorSection, readOperators } from './operator-section.ts'
import { type PlatformSection, readPlatform } from './platform-section.ts'
import type { ProblemList } from './problem-list.ts'
import { readSamples, type SampleSection } from './sample-section.ts'
import { V1_API_VERSION } from './schema/imageset-v1alpha2.ts'
import { IMAGE_SET_SCHEMA } from './schema/imageset-v2alpha1.ts'
import { checkSchema, type ForeignKeys, withoutEmptyKeys } from './schema-check.ts'
import type { V1Settings } from './v1/settings.ts'

export interface ImageSet {
  readonly path: string
  /** The most an archive volume may hold, GiB. */
  readonly archiveSize: number
  readonly additionalImages: readonly AdditionalImage[]
  readonly blocked: readonly BlockRule[]
  /** What it asks for of releases; absent where that is nothing. */
  readonly platform?: PlatformSection
  /** Catalogs it asks for; absent where there are none. */
  readonly operators?: readonly OperatorSection[]
  /** Samples it asks for; absent where there are none. */
  readonly samples?: readonly SampleSection[]
  /** Charts it asks for; absent where there are none. */
  readonly helm?: HelmSection
  /** Present on an image set of oc-mirror v1 (v1alpha2), whose rules then hold. */
  readonly v1?: V1Settings
}

/** GiB (oc-mirror v2: 0 or nothing means 500). */
export const DEFAULT_ARCHIVE_SIZE = 500

const v1 = (key: string, hint: string): [string, [string, string]] => [
  key.toLowerCase(),
  [`"${key}" belongs to oc-mirror v1`, hint],
]
const FOREIGN_KEYS: ForeignKeys = new Map([
  v1(
    'storageConfig',
    `delete it: what a target holds is kept in its state file; if this is an image set of v1, write apiVersion: ${V1_API_VERSION}`,
  ),
  v1('targetName', 'write targetCatalog instead, with the whole repository path'),
  v1('originalRef', 'delete it'),
  v1('minBundle', 'delete it, and write minVersion instead'),
  v1('ocp', 'write platform instead'),
  v1('startingVersion', 'write minVersion instead'),
  v1('headsOnly', 'delete it: the head of each channel is what is taken unless "full: true" is written'),
  [
    'delete',
    [
      '"delete" is not allowed in an ImageSetConfiguration',
      'what is no longer in the image set is planned as a delete; nothing else is needed',
    ],
  ],
])

/** Adds what is wrong to `problems`; the result is only good when that stays empty. */
export function readImageSet(root: Entry, path: string, problems: ProblemList): ImageSet {
  const pruned: Entry = { ...root, value: withoutEmptyKeys(IMAGE_SET_SCHEMA, root.value) }
  checkSchema(IMAGE_SET_SCHEMA, pruned.value, problems, FOREIGN_KEYS)
  const mirror = fieldOf(pruned, 'mirror')
  checkOperators(mirror, problems)
  const platform = readPlatform(fieldOf(mirror, 'platform'), path, problems)
  const operators = readOperators(mirror, path, problems)
  return {
    ...readShared(pruned, path, problems),
    blocked: readBlockedImages(mirror, problems),
    ...(platform !== undefined && { platform }),
    ...(operators.length > 0 && { operators }),
  }
}

/** What image sets of oc-mirror v1 and v2 say in the same way. */
export function readShared(
  root: Entry,
  path: string,
  problems: ProblemList,
): Omit<ImageSet, 'blocked' | 'platform' | 'operators' | 'v1'> {
  const mirror = fieldOf(root, 'mirror')
  const samples = readSamples(mirror, path, problems)
  const helm = readHelm(mirror, path, problems)
  return {
    path,
    archiveSize: numberOf(fieldOf(root, 'archiveSize')) || DEFAULT_ARCHIVE_SIZE,
    additionalImages: readAdditionalImages(mirror, path, problems),
    ...(samples.length > 0 && { samples }),
    ...(helm !== undefined && { helm }),
  }
}
