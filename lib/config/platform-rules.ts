/** What must hold in `mirror.platform` beyond its schema (oc-mirror v2, validation of image sets). */
import { parseReference } from '../oci/reference.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import type { ProblemList } from './problem-list.ts'
import { checkRange, checkUnique, namedBy } from './version-rules.ts'

export function checkPlatform(platform: Entry | undefined, problems: ProblemList): void {
  const channels = itemsOf(platform, 'channels')
  checkUnique(namedBy(channels, 'name'), 'the release channel', problems)
  for (const channel of channels) checkRange(channel, problems)
  const release = fieldOf(platform, 'release')
  const reference = textOf(release)
  if (release !== undefined && reference !== undefined)
    problems.attempt(release.pointer, () => parseReference(reference))
  const architectures = fieldOf(platform, 'architectures')
  if (architectures === undefined || itemsOf(platform, 'architectures').length === 0) return
  if (itemsOf(platform, 'platforms').length === 0) return
  problems.add(
    'rule',
    architectures.pointer,
    'mirror.platform.architectures and mirror.platform.platforms cannot be used together',
    { at: 'key', hint: 'keep platforms; architectures is the older way to say it' },
  )
}
