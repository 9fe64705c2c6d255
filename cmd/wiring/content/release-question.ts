/** Arguments of `list releases` -> what is asked of the update service: channels, the releases of one, or a way. */
import type { ReleaseProduct } from '../../../lib/config/index.ts'
import type { ConditionalUpdates } from '../../../lib/content/release/selection/index.ts'
import { isVersion } from '../../../lib/content/release/update-graph/index.ts'
import { UsageError } from '../../../lib/errors.ts'

export interface QuestionArguments {
  readonly channel?: string | undefined
  /** A minor release: `4.16`. */
  readonly version?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly type: ReleaseProduct
  readonly conditionalUpdates?: ConditionalUpdates | undefined
}

export type ReleaseQuestion =
  | { readonly kind: 'channels'; readonly minor: string | undefined }
  | { readonly kind: 'releases'; readonly channel: string }
  | {
      readonly kind: 'update'
      readonly channel: string
      readonly from: string
      readonly to: string
      readonly conditionalUpdates: ConditionalUpdates
    }

/** @throws UsageError */
export function releaseQuestion(args: QuestionArguments): ReleaseQuestion {
  const { channel, version, from, to, type, conditionalUpdates = 'allow' } = args
  refuseShapes(args)
  if (from !== undefined && to !== undefined)
    return {
      kind: 'update',
      channel: channel ?? settledChannel(version ?? minorOf(to), type),
      from,
      to,
      conditionalUpdates,
    }
  if (channel !== undefined) return { kind: 'releases', channel }
  refuseOkd(type)
  return { kind: 'channels', minor: version }
}

function refuseShapes({ channel, version, from, to }: QuestionArguments): void {
  if ((from === undefined) !== (to === undefined)) {
    const [given, missing] = from === undefined ? ['to', 'from'] : ['from', 'to']
    throw new UsageError(`--${given} needs --${missing} as well`, {
      hint: 'a way has two ends: --from 4.15.9 --to 4.16.8',
    })
  }
  if (Array.isArray(from))
    throw new UsageError(`--from was given twice: ${from.join(' and ')}`, { hint: 'a way has one beginning' })
  for (const [name, text] of Object.entries({ from, to }))
    if (text !== undefined && !isVersion(text))
      throw new UsageError(`--${name} ${text} is not the version of a release`, {
        hint: 'write all three numbers, for example 4.16.8',
      })
  if (version !== undefined && !/^\d+\.\d+$/.test(version))
    throw new UsageError(`--version ${version} is not a minor release`, { hint: 'write it as 4.16' })
  if (version !== undefined && channel !== undefined)
    throw new UsageError('--version and --channel exclude each other', {
      hint: '--version 4.16 lists the channels that version is in; --channel lists the releases of one',
    })
}

function settledChannel(minor: string, type: ReleaseProduct): string {
  refuseOkd(type)
  return `stable-${minor}`
}

/** `4.16` of `4.16.8`. */
function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Releases of OKD do not say which channels they are in, and its channels are not named by minor releases. */
function refuseOkd(type: ReleaseProduct): void {
  if (type === 'okd')
    throw new UsageError('--type okd needs --channel', { hint: 'for example --channel 4-scos-stable' })
}
