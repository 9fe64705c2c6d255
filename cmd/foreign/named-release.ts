/** The release that a line of `oc adm release` names: as an argument or with `--from`, once. */
import { UsageError } from '../../lib/errors.ts'

export interface ReleaseNames {
  /** The positional. */
  readonly release?: string | undefined
  readonly from?: string | undefined
}

/** @param hint where none is named. @throws UsageError */
export function namedRelease({ release, from }: ReleaseNames, hint: string): string {
  if (release !== undefined && from !== undefined)
    throw new UsageError('the release is named twice, as an argument and with --from', {
      hint: 'name it once',
    })
  const text = from ?? release
  if (text !== undefined && text !== '') return text
  throw new UsageError('no release', { hint })
}
