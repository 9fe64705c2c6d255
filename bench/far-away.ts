/**
 * Registries as far away as they usually are: a round trip of 20 ms, and more bandwidth than the copy needs. On the same
 * machine both registries share its processors with the program that is measured, and a ratio says little more than that.
 */
import type { DockerRegistry } from '../testdata/docker-registry.ts'
import type { LinkShape } from './lane.ts'
import type { Scratch } from './scratch.ts'

const LINK: LinkShape = { latencyMs: 10, bitsPerSecond: 1_000_000_000 }

/** For the conditions of a report. */
export const FAR_AWAY = `at the far end of a link of ${LINK.bitsPerSecond / 1_000_000} Mbit/s with a round trip of ${2 * LINK.latencyMs} ms, and one more for each new connection`

export interface Reachable {
  /** `127.0.0.1:PORT` */
  readonly host: string
  close(): Promise<void>
}

/** @param far default: where it is; closing it leaves the registry as it was */
export async function reach(
  scratch: Scratch,
  registry: DockerRegistry,
  far: boolean | undefined,
): Promise<Reachable> {
  return far ? scratch.link(registry, LINK) : { host: registry.host, close: async () => {} }
}
