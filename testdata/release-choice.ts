/** The choice of releases as tests ask for it: graphs at hand, channels in few words, versions as one line of text. */
import type { ReleaseChannel } from '../lib/config/index.ts'
import {
  type ReleaseChoice,
  type ReleaseRequest,
  selectReleases,
} from '../lib/content/release/selection/index.ts'
import type { UpdateGraph } from '../lib/content/release/update-graph/index.ts'
import { sketchGraph } from './update-graphs.ts'

export type Wish = Partial<Omit<ReleaseChannel, 'name'>> & { readonly name: string }

export function channelOf(wish: Wish): ReleaseChannel {
  return { product: 'ocp', shortestPath: false, full: false, place: 'imageset.yaml:7', ...wish }
}

export function select(
  graphs: readonly UpdateGraph[],
  wishes: readonly Wish[],
  request: Partial<ReleaseRequest> = {},
): ReleaseChoice {
  return selectReleases(
    { channels: wishes.map(channelOf), architecture: 'amd64', ...request },
    (_, channel) => graphs.find(graph => graph.channel === channel),
  )
}

/** `4.15.9 4.16.2` */
export function versionsOf({ releases }: ReleaseChoice): string {
  return releases.map(({ version }) => version).join(' ')
}

export function remarksOf({ selections }: ReleaseChoice): readonly string[] {
  return selections.flatMap(({ remarks }) => remarks)
}

/** The worked example of oc-mirror v2, "Version selection". */
export const STABLE_15 = sketchGraph('stable-4.15', {
  updates: ['4.15.0 4.15.3', '4.15.0 4.15.5', '4.15.3 4.15.5', '4.15.3 4.15.9', '4.15.5 4.15.9'],
})
export const STABLE_16 = sketchGraph('stable-4.16', {
  updates: [
    '4.15.5 4.15.9',
    '4.15.5 4.16.0',
    '4.15.9 4.16.2',
    '4.16.0 4.16.2',
    '4.16.2 4.16.4',
    '4.16.0 4.16.4',
  ],
})
export const EXAMPLE = [STABLE_15, STABLE_16]
