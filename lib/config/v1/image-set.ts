/**
 * An ImageSetConfiguration v1alpha2, as oc-mirror v1 reads it -> the same data as one of v2alpha1, marked so that the rules
 * of v1 hold for what it asks for (`settings.ts`).
 */
import { readBlockedSources } from '../blocked-images.ts'
import { type Entry, fieldOf, itemsOf, textOf } from '../entry.ts'
import { type ImageSet, readShared } from '../image-set.ts'
import { readPlatform } from '../platform-section.ts'
import type { ProblemList } from '../problem-list.ts'
import { V1_IMAGE_SET_SCHEMA } from '../schema/imageset-v1alpha2.ts'
import { checkSchema, type ForeignKeys, withoutEmptyKeys } from '../schema-check.ts'
import { readV1Operators } from './operators.ts'
import { readV1Storage } from './storage.ts'

const v2 = (key: string, hint: string): [string, [string, string]] => [
  key.toLowerCase(),
  [`"${key}" belongs to oc-mirror v2, and this is an image set of v1 (apiVersion …/v1alpha2)`, hint],
]
const REWRITE = '`mirrorform migrate` rewrites this file for v2, where the key may be added'
const V2_KEYS: ForeignKeys = new Map([
  v2('release', REWRITE),
  v2('kubeVirtContainer', REWRITE),
  v2('platforms', REWRITE),
  v2('targetRepo', REWRITE),
  v2('targetCatalogSourceTemplate', REWRITE),
  v2('bundles', REWRITE),
  [
    'headsonly',
    [
      '"headsOnly" is no key of oc-mirror v1 any more',
      'delete it: the head of each channel is what is taken unless "full: true" is written',
    ],
  ],
  ['metadata', ['an image set has no "metadata"', 'delete it']],
  ['spec', ['an image set has no "spec"', 'write what is below it at the top of the file']],
  ['ocp', ['"ocp" is no key of oc-mirror v1 any more', 'write platform instead']],
])

/** `root` with its keys in the case of the schema. Adds what is wrong to `problems`; the result is only good without. */
export function readV1ImageSet(root: Entry, path: string, problems: ProblemList): ImageSet {
  const pruned: Entry = { ...root, value: withoutEmptyKeys(V1_IMAGE_SET_SCHEMA, root.value) }
  checkSchema(V1_IMAGE_SET_SCHEMA, pruned.value, problems, V2_KEYS)
  const mirror = fieldOf(pruned, 'mirror')
  const platform = fieldOf(mirror, 'platform')
  refuseMisspeltProducts(platform, problems)
  const releases = readPlatform(platform, path, problems)
  const operators = readV1Operators(mirror, path, problems)
  const storage = readV1Storage(pruned, path, problems)
  return {
    ...readShared(pruned, path, problems),
    blocked: readBlockedSources(mirror, problems),
    ...(releases !== undefined && { platform: { ...releases, v1: { rules: 'v1' } } }),
    ...(operators.length > 0 && { operators }),
    v1: { ...(storage !== undefined && { storage }) },
  }
}

/** v1 takes everything but `okd` for `ocp`, also an `OKD` that was meant. */
function refuseMisspeltProducts(platform: Entry | undefined, problems: ProblemList): void {
  for (const channel of itemsOf(platform, 'channels')) {
    const type = fieldOf(channel, 'type')
    const text = textOf(type)
    if (type === undefined || text === undefined || text === 'okd' || text.toLowerCase() !== 'okd') continue
    problems.add('rule', type.pointer, `the type "${text}" is taken for ocp by oc-mirror v1`, {
      hint: 'write okd, or delete it where ocp is meant',
    })
  }
}
