/**
 * Rules -> what goes into `install-config.yaml`, so that a cluster is installed from the mirror: `imageDigestSources`, or
 * `imageContentSources` for installers before 4.14. It names everything that is pulled by digest, so that the mirror sets
 * say nothing new to a cluster that was installed with it.
 */

import type { MirrorRule } from './mirror-rules.ts'
import { type MirrorEntry, mirrorEntries } from './mirror-sets.ts'
import { yamlText } from './yaml-text.ts'

export type InstallConfigKey = 'imageDigestSources' | 'imageContentSources'

/** undefined where nothing is pulled by digest. */
export function installConfigSnippet(
  rules: readonly MirrorRule[],
  key: InstallConfigKey,
): string | undefined {
  const entries: readonly MirrorEntry[] = mirrorEntries(rules.filter(({ by }) => by === 'digest'))
  return entries.length === 0 ? undefined : yamlText({ [key]: entries })
}
