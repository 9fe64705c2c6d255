/**
 * What `oc adm release mirror` prints when it is done: the release image, what goes into install-config.yaml, and a policy
 * for clusters that are there already. Scripts cut their part out of it, so it reads as oc's does; lists are sorted.
 */
import { installConfigSnippet } from './install-config.ts'
import type { MirrorRule } from './mirror-rules.ts'
import { mirrorEntries } from './mirror-sets.ts'
import { yamlText } from './yaml-text.ts'

export type InstructionKind = 'icsp' | 'idms' | 'none'

export interface ReleaseInstructions {
  readonly kind: InstructionKind
  /** `reg.lan/ocp4/openshift4:4.16.8-x86_64` */
  readonly updateImage: string
  /** What `--to` says, and `--to-release-image` where it is given. */
  readonly prefixes: readonly string[]
  /** `--to` is a template. */
  readonly isTemplate: boolean
  /** Repositories that clusters ask for, and those that have their images now. */
  readonly sources: readonly string[]
  readonly mirrors: readonly string[]
  /** Where signatures were written. */
  readonly signatureFolder?: string | undefined
}

const KINDS = {
  icsp: {
    key: 'imageContentSources',
    kind: 'ImageContentSourcePolicy',
    apiVersion: 'operator.openshift.io/v1alpha1',
    member: 'repositoryDigestMirrors',
  },
  idms: {
    key: 'imageDigestSources',
    kind: 'ImageDigestMirrorSet',
    apiVersion: 'config.openshift.io/v1',
    member: 'imageDigestMirrors',
  },
} as const
/** oc's own; whoever applies several of them has to give each a name. */
const NAME = 'example'

/** Ends without a line feed. */
export function releaseInstructions(told: ReleaseInstructions): string {
  const { updateImage, prefixes, isTemplate, signatureFolder } = told
  const word = isTemplate ? 'Mirrored to:  ' : 'Mirror prefix:'
  return [
    `Update image:  ${updateImage}`,
    ...prefixes.map(prefix => `${word} ${prefix}`),
    ...mirrorLines(told),
    ...(signatureFolder === undefined
      ? []
      : ['', '', `To apply signature configmaps use 'oc apply' on files found in ${signatureFolder}`, '']),
  ].join('\n')
}

function mirrorLines({ kind, sources, mirrors }: ReleaseInstructions): readonly string[] {
  if (kind === 'none' || sources.length === 0) return []
  const { key, kind: object, apiVersion, member } = KINDS[kind]
  const rules = mirrors.flatMap(mirror =>
    sources.map((source): MirrorRule => ({ category: 'release', by: 'digest', source, mirror })),
  )
  const policy = {
    apiVersion,
    kind: object,
    metadata: { name: NAME },
    spec: { [member]: mirrorEntries(rules) },
  }
  return [
    '',
    'To use the new mirrored repository to install, add the following section to the install-config.yaml:',
    '',
    installConfigSnippet(rules, key) ?? '',
    '',
    `To use the new mirrored repository for upgrades, use the following to create an ${object}:`,
    '',
    yamlText(policy).trimEnd(),
  ]
}
