/**
 * A registry in trouble: a share of all requests, chosen by a seed, meets one of the faults of the field. Those that a
 * request can get over by being sent again are common; damaged bytes, which cost an image its run, are rare.
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

const PASSING: readonly [MakeFault, ...MakeFault[]] = [
  () => ({ do: 'status', status: 500, body: 'upstream went away' }),
  () => ({ do: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>bad gateway' }),
  () => ({ do: 'status', status: 503 }),
  () => ({ do: 'hang-up' }),
  () => ({ do: 'delay', ms: 20 }),
]
const OF_CONTENT: readonly [MakeFault, ...MakeFault[]] = [
  size => ({ do: 'hang-up', afterBytes: size }),
  size => ({ do: 'truncate', bytes: size }),
]
/** Both forms of Retry-After. */
const TOO_MANY: readonly [MakeFault, ...MakeFault[]] = [
  () => ({ do: 'status', status: 429, headers: { 'retry-after': '0' } }),
  () => {
    const now = new Date().toUTCString()
    return { do: 'status', status: 429, headers: { 'retry-after': now, date: now } }
  },
]
/** Of all faults: rare, because a client has to take 429 for a limit of its rate, which chance is not. */
const TOO_MANY_SHARE = 0.05
/** Of all faults that strike content: those that damage it. */
const DAMAGED_SHARE = 0.1
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
      if (random.next() < TOO_MANY_SHARE) return random.pick(TOO_MANY)(0)
      if (!hasContent(request)) return random.pick(PASSING)(0)
      if (random.next() < DAMAGED_SHARE) return { do: 'corrupt' }
      return random.pick([...PASSING, ...OF_CONTENT])(random.between(1, LATEST_BREAK))
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
