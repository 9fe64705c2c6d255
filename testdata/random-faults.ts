/**
 * A registry in trouble: a share of all requests, chosen by a seed, meets one of the faults of the field, each as often as
 * any other. A request can get over every one of them by being sent again.
 */
import type { Fault, RecordedRequest } from '../providers/embedded/index.ts'
import { seededRandom } from './seeded-random.ts'

export interface RandomFaults {
  /** For the `faults` option of the embedded registry. */
  readonly faults: (request: RecordedRequest) => Fault | undefined
  /** Requests seen so far, and those that were struck. */
  counts(): { readonly requests: number; readonly struck: number }
  /** Faults strike only while it is on; it starts off, so that the registry can be filled. */
  turn(on: boolean): void
}

type MakeFault = (size: number) => Fault

const ANYWHERE: readonly [MakeFault, ...MakeFault[]] = [
  () => ({ do: 'status', status: 500, body: 'upstream went away' }),
  () => ({ do: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>bad gateway' }),
  () => ({ do: 'status', status: 503 }),
  () => ({ do: 'hang-up' }),
  () => ({ do: 'delay', ms: 20 }),
  // Both forms of Retry-After.
  () => ({ do: 'status', status: 429, headers: { 'retry-after': '1' } }),
  () => {
    const now = new Date().toUTCString()
    return { do: 'status', status: 429, headers: { 'retry-after': now, date: now } }
  },
]
const OF_CONTENT: readonly [MakeFault, ...MakeFault[]] = [
  size => ({ do: 'hang-up', afterBytes: size }),
  size => ({ do: 'truncate', bytes: size }),
  () => ({ do: 'corrupt' }),
]
/** Content breaks off after at most so many bytes. */
const LATEST_BREAK = 2000

/** @param share of all requests, 0 to 1 */
export function randomFaults(seed: string, share: number): RandomFaults {
  const random = seededRandom(seed)
  let isOn = false
  let requests = 0
  let struck = 0
  return {
    faults(request) {
      if (!isOn) return undefined
      requests++
      if (random.next() >= share) return undefined
      struck++
      const faults: typeof ANYWHERE = hasContent(request) ? [...ANYWHERE, ...OF_CONTENT] : ANYWHERE
      return random.pick(faults)(random.between(1, LATEST_BREAK))
    },
    counts: () => ({ requests, struck }),
    turn: on => {
      isOn = on
    },
  }
}

/** Whether bytes of an image go in or come out. */
function hasContent({ method, what }: RecordedRequest): boolean {
  if (method === 'GET') return what === 'blob' || what === 'manifest'
  return method === 'PUT' || method === 'PATCH'
}
