/**
 * What becomes of the flags of an oc command: honoured, accepted with a note that says why they mean nothing here, or
 * refused with a hint. The tables of the commands are these lists; their pages are checked against them.
 */
import type { Options } from 'yargs'
import { UsageError } from '../../lib/errors.ts'
import type { OutputArguments } from '../invocation.ts'
import { PLACE_OPTIONS, TARGET_OPTIONS } from '../options/options.ts'
import type { Output } from '../terminal/index.ts'
import type { WholeApplyArguments } from './apply-arguments.ts'

export interface OcFlag {
  /** Without dashes. */
  readonly name: string
  readonly option: Options
  readonly treatment:
    | { readonly kind: 'honoured' }
    | { readonly kind: 'noted'; readonly why: string }
    | { readonly kind: 'refused'; readonly hint: string }
}

export const HONOURED = { kind: 'honoured' } as const

export function noted(why: string): OcFlag['treatment'] {
  return { kind: 'noted', why }
}

export function refused(hint: string): OcFlag['treatment'] {
  return { kind: 'refused', hint }
}

/** What every oc command that reads or writes registries takes. */
export const OC_REGISTRY_FLAGS: readonly OcFlag[] = [
  {
    name: 'registry-config',
    option: { alias: 'a', type: 'string', requiresArg: true, describe: 'Credentials, for both sides' },
    treatment: HONOURED,
  },
  {
    name: 'insecure',
    option: {
      type: 'boolean',
      default: false,
      describe: 'Accept any certificate, and plain HTTP, on both sides',
    },
    treatment: HONOURED,
  },
  {
    name: 'max-per-registry',
    option: { type: 'number', describe: 'Blobs in flight at once' },
    treatment: HONOURED,
  },
  {
    name: 'skip-verification',
    option: { type: 'boolean', default: false, describe: 'Of no effect' },
    treatment: noted('every byte is compared with its digest; that costs nothing that could be saved'),
  },
  {
    name: 'certificate-authority',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'A PEM file with further authorities, for both sides',
    },
    treatment: HONOURED,
  },
]

/** mirrorform's own options that these commands take as well. */
export const OWN_OPTIONS: Readonly<Record<string, Options>> = {
  state: TARGET_OPTIONS.state,
  'src-tls-verify': PLACE_OPTIONS['src-tls-verify'],
  'dest-tls-verify': PLACE_OPTIONS['dest-tls-verify'],
  'cache-dir': PLACE_OPTIONS['cache-dir'],
  'retry-times': PLACE_OPTIONS['retry-times'],
}

export interface OcRegistryArguments extends OutputArguments {
  readonly registryConfig?: string | undefined
  readonly insecure: boolean
  readonly maxPerRegistry?: number | undefined
  readonly certificateAuthority?: string | undefined
  readonly state?: string | undefined
  readonly srcTlsVerify: boolean
  readonly destTlsVerify: boolean
  readonly cacheDir?: string | undefined
  readonly retryTimes: number
}

export function optionsOf(flags: readonly OcFlag[]): Readonly<Record<string, Options>> {
  return Object.fromEntries(flags.map(({ name, option }) => [name, option]))
}

/** @returns what given flags do not do, a line each. @throws UsageError for one that is refused, or given twice */
export function flagNotes(flags: readonly OcFlag[], args: object): readonly string[] {
  const given = new Map<string, unknown>(Object.entries(args))
  return flags.flatMap(({ name, option, treatment }) => {
    const value = given.get(name)
    if (value === undefined) return []
    if (value === false) {
      const isSaid = treatment.kind === 'refused' && option.default === undefined
      return isSaid ? [`--${name}=false has no effect: so it is here in any case`] : []
    }
    if (Array.isArray(value) && value.length === 0) return []
    if (Array.isArray(value) && option.array !== true)
      throw new UsageError(`--${name} was given twice: ${value.join(' and ')}`, { hint: 'give it once' })
    switch (treatment.kind) {
      case 'honoured':
        return []
      case 'noted':
        return [`--${name} has no effect: ${treatment.why}`]
      case 'refused':
        throw new UsageError(`--${name} is not taken here`, { hint: treatment.hint })
      default:
        return treatment satisfies never
    }
  })
}

/** Tells `flagNotes`. @throws UsageError */
export function checkFlags(flags: readonly OcFlag[], args: object, output: Pick<Output, 'note'>): void {
  for (const note of flagNotes(flags, args)) output.note(note)
}

/** What a command line of mirrorform's own begins with: further authorities are told it by the environment. */
export function ownCommand(
  command: 'plan' | 'apply' | 'extract',
  { certificateAuthority }: OcRegistryArguments,
): readonly string[] {
  const told =
    certificateAuthority === undefined ? [] : ['env', `NODE_EXTRA_CA_CERTS=${certificateAuthority}`]
  return [...told, 'mirrorform', command]
}

/** The same on a command line of mirrorform's own, as far as it was said. */
export function placeWords(
  args: OcRegistryArguments,
  command: 'plan' | 'apply' | 'extract',
): readonly string[] {
  const { registryConfig, insecure, maxPerRegistry, state } = args
  return [
    ...(state === undefined ? [] : ['--state', state]),
    ...(registryConfig === undefined ? [] : ['--authfile', registryConfig]),
    ...(insecure || !args.srcTlsVerify ? ['--src-tls-verify=false'] : []),
    ...(insecure || !args.destTlsVerify ? ['--dest-tls-verify=false'] : []),
    ...(maxPerRegistry === undefined || command !== 'apply' ? [] : [`--parallel-layers=${maxPerRegistry}`]),
  ]
}

/** The same on a command line of oc that only reads. */
export function readingWords(args: OcRegistryArguments): readonly string[] {
  const { registryConfig, insecure, srcTlsVerify, certificateAuthority } = args
  return [
    ...(registryConfig === undefined ? [] : ['-a', registryConfig]),
    ...(insecure ? ['--insecure'] : srcTlsVerify ? [] : ['--src-tls-verify=false']),
    ...(certificateAuthority === undefined ? [] : [`--certificate-authority=${certificateAuthority}`]),
  ]
}

/** Who is talked to, and how, for plan and apply. */
export function placeArguments(
  args: OcRegistryArguments,
): Partial<WholeApplyArguments> & Pick<WholeApplyArguments, 'srcTlsVerify' | 'destTlsVerify' | 'retryTimes'> {
  const { registryConfig, insecure, maxPerRegistry, state, cacheDir, retryTimes, certificateAuthority } = args
  if (maxPerRegistry !== undefined && !(Number.isInteger(maxPerRegistry) && maxPerRegistry > 0))
    throw new UsageError('--max-per-registry must be a whole number, 1 or more')
  const { json, jsonInto, logFormat, color, progress } = args
  return {
    ...{ json, jsonInto, logFormat, color, progress, state, cacheDir, retryTimes, certificateAuthority },
    authfile: registryConfig,
    authfileFlag: '-a',
    srcTlsVerify: args.srcTlsVerify && !insecure,
    destTlsVerify: args.destTlsVerify && !insecure,
    ...(maxPerRegistry !== undefined && { parallelLayers: maxPerRegistry }),
  }
}
