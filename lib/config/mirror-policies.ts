/**
 * A file of ImageDigestMirrorSets or ImageContentSourcePolicies -> their rules: which source has which mirrors (openshift/api).
 * Objects stand there as somebody wrote them, or as `oc get -o yaml` prints them, in a List; those of other kinds are passed
 * over.
 */
import { isRecord } from '../oci/json.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import type { SourceFile } from './problem.ts'
import { ProblemList } from './problem-list.ts'
import { readYamlDocuments, type YamlDocument } from './yaml-document.ts'

/** Where each kind keeps its rules. */
const LISTS = {
  ImageDigestMirrorSet: 'imageDigestMirrors',
  ImageContentSourcePolicy: 'repositoryDigestMirrors',
} as const

export type MirrorKind = keyof typeof LISTS

/** A subdomain of DNS (RFC 1123), as Kubernetes has it for names of objects. */
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const NEVER = 'NeverContactSource'

export interface SourceMirrors {
  /** A repository or a path above one. */
  readonly source: string
  readonly mirrors: readonly string[]
  /** Whether the source itself is never asked. */
  readonly never: boolean
}

export interface MirrorPolicy {
  /** undefined when the object has none, as in what is not yet in a cluster. */
  readonly name: string | undefined
  readonly labels: unknown
  readonly rules: readonly SourceMirrors[]
}

export interface MirrorPolicyNeeds {
  /** Whether each object has to have a name. Default false. */
  readonly names?: boolean
}

/**
 * The objects of the kind, in the order of the file.
 *
 * @throws ConfigError when it is no YAML, has no rule of the kind, has a rule or a name that cannot be, or policies for one
 *   source that contradict each other
 */
export function readMirrorPolicies(
  file: SourceFile,
  kind: MirrorKind,
  { names = false }: MirrorPolicyNeeds = {},
): readonly MirrorPolicy[] {
  const documents = readYamlDocuments(file)
  for (const document of documents) new ProblemList(document).throwIfAny()
  const policies = new Map<string, boolean>()
  const found = documents.flatMap(document => {
    const problems = new ProblemList(document)
    const objects = objectsIn(document, kind).map(object => ({
      name: nameOf(object, kind, names, problems),
      labels: fieldOf(fieldOf(object, 'metadata'), 'labels')?.value,
      rules: rulesOf(object, kind, policies, problems),
    }))
    problems.throwIfAny()
    return objects
  })
  if (!found.some(({ rules }) => rules.length > 0)) refuseWithoutRules(documents[0], kind)
  return found
}

function objectsIn({ value }: YamlDocument, kind: MirrorKind): readonly Entry[] {
  const root = { pointer: '', value }
  const isList = textOf(fieldOf(root, 'kind'))?.endsWith('List') === true
  const objects = isList ? itemsOf(root, 'items') : [root]
  return objects.filter(object => fieldOf(object, 'kind')?.value === kind)
}

function nameOf(
  object: Entry,
  kind: MirrorKind,
  isNeeded: boolean,
  problems: ProblemList,
): string | undefined {
  const entry = fieldOf(fieldOf(object, 'metadata'), 'name')
  const name = textOf(entry)
  if (!isNeeded) return name
  if (entry === undefined || name === undefined)
    problems.add('rule', `${object.pointer}/metadata`, `this ${kind} has no name`, {
      hint: 'write it in metadata.name',
    })
  else if (!NAME.test(name))
    problems.add('rule', entry.pointer, `no ${kind} can be called "${name}"`, {
      hint: 'names of clusters have small letters, digits, "-" and ".", and become names of files here',
    })
  return name
}

/** @param policies by source, whether it is never asked: those of the file so far */
function rulesOf(
  object: Entry,
  kind: MirrorKind,
  policies: Map<string, boolean>,
  problems: ProblemList,
): readonly SourceMirrors[] {
  return itemsOf(fieldOf(object, 'spec'), LISTS[kind]).flatMap(entry => {
    const rule = ruleOf(entry.value)
    if (rule === undefined) {
      const message = `this entry of an ${kind} cannot be read`
      problems.add('rule', entry.pointer, message, { hint: 'an entry has a source and a list of mirrors' })
      return []
    }
    const { source, never } = rule
    if ((policies.get(source) ?? never) !== never)
      problems.add('rule', entry.pointer, `different mirrorSourcePolicy values for ${source}`, {
        hint: `write ${NEVER} in all of its entries, or in none`,
      })
    policies.set(source, never)
    return [rule]
  })
}

function ruleOf(entry: unknown): SourceMirrors | undefined {
  if (!isRecord(entry)) return undefined
  const { source, mirrors = [], mirrorSourcePolicy } = entry
  const isTexts = Array.isArray(mirrors) && mirrors.every(each => typeof each === 'string')
  return typeof source === 'string' && source !== '' && isTexts
    ? { source, mirrors, never: mirrorSourcePolicy === NEVER }
    : undefined
}

function refuseWithoutRules(document: YamlDocument, kind: MirrorKind): void {
  const problems = new ProblemList(document)
  const written = textOf(fieldOf({ pointer: '', value: document.value }, 'kind'))
  const isOther = written !== undefined && written !== kind && !written.endsWith('List')
  const found = isOther ? `, but kind: ${written}` : ''
  problems.add('rule', '/kind', `no ${kind} with entries${found}`, {
    hint: `name a file with kind: ${kind} and spec.${LISTS[kind]}; \`mirrorform resources\` writes mirror sets`,
  })
  problems.throwIfAny()
}
