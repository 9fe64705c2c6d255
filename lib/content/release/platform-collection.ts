/** What a platform section is collected with, and what it comes down to. */
import type { Collected } from '../selection.ts'
import type { WantedImage } from '../wanted.ts'
import type { GraphImageRequest } from './graph-image/index.ts'
import type { ConditionalUpdates, ReleaseChoice } from './selection/index.ts'

export interface PlatformOptions {
  readonly conditionalUpdates: ConditionalUpdates
  /** Asked in place of the public service (`UPDATE_URL_OVERRIDE`). */
  readonly updateUrl?: string
  /** Only of `platform.release` (oc-mirror v2). */
  readonly ignoreReleaseSignature: boolean
  readonly graphImage: GraphImageRequest
  /** Of image sets of oc-mirror v1: by channel, the release that its earlier runs began with. */
  readonly releaseStarts?: ReadonlyMap<string, string>
}

export interface CollectedPlatform extends Collected<WantedImage> {
  /** One for each architecture; none where `platform.release` names the payload. For `noteUpdates`. */
  readonly choices: readonly ReleaseChoice[]
}
