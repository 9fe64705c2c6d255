/**
 * `kind: Mirror`: image sets, targets and policies in one file. Relative paths (image sets, states, folders) stay as
 * written; whoever reads the file resolves them against its folder.
 */
import { parseReference, type Reference, withDefaultTag } from '../oci/reference.ts'
import { formatTarget, parseTarget, type TargetAddress } from '../target.ts'
import { type Entry, fieldOf, itemsOf, numberOf, textOf, textsOf } from './entry.ts'
import { checkHops } from './mirror-hops.ts'
import type { ProblemList } from './problem-list.ts'
import { DEFAULT_MAX_DELETE_PERCENT, MIRROR_SCHEMA } from './schema/mirror-v1alpha1.ts'
import { checkSchema, withoutEmptyKeys } from './schema-check.ts'
import { checkUnique, namedBy } from './version-rules.ts'

export type PlatformIndex = 'sparse' | 'rewrite'
export type SignaturePolicy = 'copy-if-present' | 'required' | 'ignore'
export type ConditionalUpdatesPolicy = 'allow' | 'avoid'
export type OperatorSelectionPolicy = 'documented' | 'connected'

export interface MirrorTarget {
  readonly name: string
  readonly to: TargetAddress
  readonly state?: string
  /** In place of those of the file. */
  readonly imageSets?: readonly string[]
  /** Mapping files, besides image sets. */
  readonly mappings?: readonly string[]
  readonly platformIndex?: PlatformIndex
  /** Components; 0 means no limit. */
  readonly maxNestedPaths?: number
  /** Globs on destinations, besides those of the policies. */
  readonly protect: readonly string[]
  /** The name of another target, a registry: images are read there and nowhere else. */
  readonly via?: string
  /** The registries.conf that is used for this target. */
  readonly registriesConf?: string
  /** URL of the graph API that serves the clusters of this target: targets behind it may read update graphs there. */
  readonly updateService?: string
  /** A plan whose kept documents targets behind this one use. */
  readonly inputs?: string
  readonly limits?: TargetLimits
}

/** What the flags of the same names say; they win. */
export interface TargetLimits {
  readonly parallelImages?: number
  readonly parallelLayers?: number
  readonly maxRequestsPerSecond?: number
  /** As written: `50MiB`. */
  readonly bandwidth?: string
}

export interface MirrorPolicies {
  /** Globs on destinations. */
  readonly protect: readonly string[]
  readonly maxDeletePercent: number
  readonly signatures: SignaturePolicy
  readonly conditionalUpdates: ConditionalUpdatesPolicy
  readonly operatorSelection: OperatorSelectionPolicy
  /** What the image of graph data is built on. */
  readonly graphDataBaseImage?: Reference
  /** Charts go to the target too, as OCI artifacts; absent where they do not. */
  readonly carryCharts?: true
}

export interface MirrorFile {
  readonly path: string
  readonly imageSets: readonly string[]
  readonly targets: readonly MirrorTarget[]
  readonly policies: MirrorPolicies
}

/** Adds what is wrong to `problems`; the result is only good when that stays empty. */
export function readMirrorFile(root: Entry, path: string, problems: ProblemList): MirrorFile {
  const pruned: Entry = { ...root, value: withoutEmptyKeys(MIRROR_SCHEMA, root.value) }
  checkSchema(MIRROR_SCHEMA, pruned.value, problems)
  const imageSets = textsOf(pruned, 'imageSets')
  const items = itemsOf(pruned, 'targets')
  checkUnique(namedBy(items, 'name'), 'the target', problems)
  checkUnique(namedBy(items, 'state'), 'the state file', problems)
  checkHops(items, problems)
  const targets = items.flatMap(item => readTarget(item, imageSets, problems) ?? [])
  checkUnique(
    targets.map(({ at, target }) => ({ at, name: formatTarget(target.to) })),
    'the place',
    problems,
  )
  const policies = fieldOf(pruned, 'policies')
  const graphDataBaseImage = readBaseImage(fieldOf(policies, 'graphDataBaseImage'), problems)
  return {
    path,
    imageSets,
    targets: targets.map(({ target }) => target),
    policies: {
      protect: textsOf(policies, 'protect'),
      maxDeletePercent: numberOf(fieldOf(policies, 'maxDeletePercent')) ?? DEFAULT_MAX_DELETE_PERCENT,
      signatures: signaturePolicyOf(textOf(fieldOf(policies, 'signatures'))),
      conditionalUpdates: textOf(fieldOf(policies, 'conditionalUpdates')) === 'avoid' ? 'avoid' : 'allow',
      operatorSelection:
        textOf(fieldOf(policies, 'operatorSelection')) === 'connected' ? 'connected' : 'documented',
      ...(graphDataBaseImage !== undefined && { graphDataBaseImage }),
      ...(fieldOf(policies, 'carryCharts')?.value === true && { carryCharts: true }),
    },
  }
}

function readTarget(
  item: Entry,
  fileImageSets: readonly string[],
  problems: ProblemList,
): { at: Entry; target: MirrorTarget } | undefined {
  const imageSets = textsOf(item, 'imageSets')
  const mappings = textsOf(item, 'mappings')
  if (imageSets.length + fileImageSets.length + mappings.length === 0)
    problems.add('rule', item.pointer, 'this target has no image sets', {
      hint: 'list them under imageSets, at the target or at the top of the file, or mapping files under mappings',
    })
  const name = textOf(fieldOf(item, 'name'))
  const at = fieldOf(item, 'to')
  const address = textOf(at)
  if (name === undefined || at === undefined || address === undefined) return undefined
  const to = problems.attempt(at.pointer, () => parseTarget(address))
  if (to === undefined) return undefined
  const state = textOf(fieldOf(item, 'state'))
  const platformIndex = platformIndexOf(textOf(fieldOf(item, 'platformIndex')))
  const maxNestedPaths = numberOf(fieldOf(item, 'maxNestedPaths'))
  const target = {
    name,
    to,
    ...(state !== undefined && { state }),
    ...(imageSets.length > 0 && { imageSets }),
    ...(mappings.length > 0 && { mappings }),
    ...(platformIndex !== undefined && { platformIndex }),
    ...(maxNestedPaths !== undefined && { maxNestedPaths }),
    protect: textsOf(item, 'protect'),
    ...textsIn(item, ['via', 'registriesConf', 'updateService', 'inputs']),
    ...limitsIn(fieldOf(item, 'limits')),
  }
  return { at, target }
}

function limitsIn(field: Entry | undefined): Pick<MirrorTarget, 'limits'> {
  if (field === undefined) return {}
  const numbers = (['parallelImages', 'parallelLayers', 'maxRequestsPerSecond'] as const).flatMap(key => {
    const value = numberOf(fieldOf(field, key))
    return value === undefined ? [] : [[key, value]]
  })
  return { limits: { ...Object.fromEntries(numbers), ...textsIn(field, ['bandwidth']) } }
}

/** Those of the keys that have text behind them. */
function textsIn<K extends string>(entry: Entry, keys: readonly K[]): { readonly [key in K]?: string } {
  const found: { [key in K]?: string } = {}
  for (const key of keys) {
    const text = textOf(fieldOf(entry, key))
    if (text !== undefined) found[key] = text
  }
  return found
}

function readBaseImage(field: Entry | undefined, problems: ProblemList): Reference | undefined {
  const text = textOf(field)
  if (field === undefined || text === undefined) return undefined
  return problems.attempt(field.pointer, () => withDefaultTag(parseReference(text)))
}

function platformIndexOf(text: string | undefined): PlatformIndex | undefined {
  return text === 'sparse' || text === 'rewrite' ? text : undefined
}

function signaturePolicyOf(text: string | undefined): SignaturePolicy {
  return text === 'required' || text === 'ignore' ? text : 'copy-if-present'
}
