/**
 * How fast one host is asked: every request enters here, waits until the host is ready for it, and tells afterwards how
 * the host took it. Works out of three things: a window of requests at once for each class of action, pauses that the
 * host asked for, and rates (asked for by the user, known, or learnt from refusals).
 */
import { readRetryAfter } from '../http/retry.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import type { Clock } from '../options.ts'
import type { ActionClass } from './action-class.ts'
import { LearntRate } from './learnt-rate.ts'
import { gapFor, readQuota } from './quota.ts'
import { TokenBucket } from './token-bucket.ts'
import { Window } from './window.ts'

export interface PaceOptions {
  readonly clock: Clock
  /** For each host; default: no limit of ours. */
  readonly maxRequestsPerSecond?: number | undefined
}

/** Answers that say "too much": of these only 429 is about the number of requests and nothing else. */
const TOO_MUCH: ReadonlySet<number> = new Set([429, 503])
/** How a host that can take no more connections looks. */
const NO_MORE_CONNECTIONS: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** Longest pause a host may ask of everybody, milliseconds; who asks for more is told so, request by request. */
const LONGEST_PAUSE = 10 * 60_000
/** Refusals in a row before everybody pauses, and the first and the longest such pause, milliseconds. */
const PATIENCE = 3
const FIRST_PAUSE = 100
const MAX_PAUSE = 1000
/** Docker Hub stops clients that look up several hundred manifests in a few minutes: per second, after a first burst. */
const DOCKER_HUB_LOOKUPS = { host: 'docker.io', perSecond: 5, burst: 50 }

export interface Passage {
  /** Before the same work asks once more, with another login: waits for its turn. */
  again(signal: AbortSignal): Promise<void>
  answered(status: number, headers: Answer['headers']): void
  /** @param code of the connection's error */
  failed(code: string | undefined): void
  /** The answer was read to its end, or let go of. Only the first call counts. */
  leave(): void
}

interface Lane {
  readonly window: Window
  readonly lookups: TokenBucket | undefined
  /** Milliseconds of the clock. */
  pausedUntil: number
  refusalsInARow: number
  /** Milliseconds between two requests, as the host's quota asks, and when the next may go. */
  gap: number
  nextAt: number
}

export class HostPace {
  readonly #clock: Clock
  readonly #host: string
  readonly #lanes = new Map<ActionClass, Lane>()
  readonly #learnt = new LearntRate()
  readonly #cap: TokenBucket | undefined
  #taken = 0

  constructor(host: string, { clock, maxRequestsPerSecond }: PaceOptions) {
    this.#host = host
    this.#clock = clock
    if (maxRequestsPerSecond !== undefined) this.#cap = new TokenBucket(maxRequestsPerSecond, 1, clock.now())
  }

  /** Requests that the host took so far: whoever is refused while this grows only has to wait for its turn. */
  get taken(): number {
    return this.#taken
  }

  /**
   * Waits until the host is ready for one more.
   *
   * @param urgent goes on with work that is under way already, for which others may be waiting: needs no free place
   * @throws the signal's reason
   */
  async enter(action: ActionClass, signal: AbortSignal, urgent = false): Promise<Passage> {
    const lane = this.#laneFor(action)
    if (urgent) lane.window.force()
    else await lane.window.enter(signal)
    let left = false
    const leave = () => {
      if (!left) lane.window.leave()
      left = true
    }
    try {
      await this.#wait(lane, signal)
    } catch (error) {
      leave()
      throw error
    }
    return {
      again: later => this.#wait(lane, later),
      answered: (status, headers) => this.#learn(lane, status, headers),
      failed: code => {
        if (NO_MORE_CONNECTIONS.has(code)) lane.window.refused(this.#clock.now())
      },
      leave,
    }
  }

  /** A turn that comes while the host wants a pause is given back: else all of them would go at once at its end. */
  async #wait(lane: Lane, signal: AbortSignal): Promise<void> {
    for (;;) {
      const start = this.#clock.now()
      const buckets = [this.#cap, this.#learnt, lane.lookups]
      const turn = Math.max(
        ...buckets.map(bucket => bucket?.take(1, start) ?? 0),
        lane.pausedUntil > start ? 0 : turnInGap(lane, start),
      )
      if (turn >= 1 && lane.pausedUntil <= start) await this.#clock.sleep(turn, signal)
      const pause = lane.pausedUntil - this.#clock.now()
      if (pause < 1) return
      for (const bucket of buckets) bucket?.giveBack(1, this.#clock.now())
      await this.#clock.sleep(pause, signal)
    }
  }

  #learn(lane: Lane, status: number, headers: Answer['headers']): void {
    const now = this.#clock.now()
    const quota = readQuota(headers)
    lane.gap = quota === undefined ? 0 : gapFor(quota)
    if (!TOO_MUCH.has(status)) {
      this.#taken++
      lane.refusalsInARow = 0
      lane.window.taken()
      this.#learnt.taken(now)
      return
    }
    lane.refusalsInARow++
    const meaning = this.#learnt.refused(now, status === 429)
    if (meaning !== 'chance') lane.window.refused(now)
    const header = readRetryAfter(headerOf({ headers }, 'retry-after'), headerOf({ headers }, 'date')) ?? 0
    const asked = meaning === 'wall' && header <= LONGEST_PAUSE ? header : 0
    const pause = Math.max(asked, ownPause(lane.refusalsInARow))
    lane.pausedUntil = Math.max(lane.pausedUntil, now + pause)
  }

  #laneFor(action: ActionClass): Lane {
    const known = this.#lanes.get(action)
    if (known !== undefined) return known
    const { host, perSecond, burst } = DOCKER_HUB_LOOKUPS
    const lane: Lane = {
      window: new Window(),
      lookups:
        this.#host === host && action === 'read manifest'
          ? new TokenBucket(perSecond, burst, this.#clock.now())
          : undefined,
      pausedUntil: Number.NEGATIVE_INFINITY,
      refusalsInARow: 0,
      gap: 0,
      nextAt: Number.NEGATIVE_INFINITY,
    }
    this.#lanes.set(action, lane)
    return lane
  }
}

function ownPause(refusalsInARow: number): number {
  const over = refusalsInARow - PATIENCE
  return over <= 0 ? 0 : Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** (over - 1))
}

/** Milliseconds to wait; the next one's turn comes a gap later. */
function turnInGap(lane: Lane, now: number): number {
  if (lane.gap === 0) return 0
  const turn = Math.max(now, lane.nextAt)
  lane.nextAt = turn + lane.gap
  return turn - now
}
