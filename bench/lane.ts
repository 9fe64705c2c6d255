/**
 * One direction of a slow link: bytes of many connections go in, and come out as late as a link of that rate and
 * latency would hand them over. Connections take turns, as with fair queueing in a router, so that one big blob does
 * not hold up the small requests beside it.
 */
export interface LinkShape {
  /** From one end to the other, milliseconds; a round trip is twice that. */
  readonly latencyMs: number
  readonly bitsPerSecond: number
}

export interface LaneClock {
  /** Milliseconds. */
  now(): number
  after(ms: number, work: () => void): void
}

export const REAL_CLOCK: LaneClock = {
  now: () => performance.now(),
  after: (ms, work) => void setTimeout(work, Math.max(0, ms)),
}

export interface Flow {
  push(chunk: Buffer): void
  /** Bytes that wait for their turn: whoever pushes should wait when they are many. */
  readonly waiting: number
}

/** Bytes that a connection sends in its turn. */
const TURN_BYTES = 16 * 1024

interface Queue {
  readonly chunks: Buffer[]
  readonly underway: Buffer[]
  readonly deliver: (chunk: Buffer) => void
  readonly notBefore: number
  waiting: number
}

export class Lane {
  readonly #shape: LinkShape
  readonly #clock: LaneClock
  /** Of connections with bytes to send, in the order of their turns. */
  readonly #turns: Queue[] = []
  /** When the last byte given to the link has left this end. */
  #freeAt = 0
  #serving = false

  constructor(shape: LinkShape, clock: LaneClock = REAL_CLOCK) {
    this.#shape = shape
    this.#clock = clock
  }

  /** @param notBefore when the first bytes may leave, for connections that have to be opened first */
  flow(deliver: (chunk: Buffer) => void, notBefore = 0): Flow {
    const queue: Queue = { chunks: [], underway: [], deliver, notBefore, waiting: 0 }
    return {
      push: chunk => {
        if (queue.waiting === 0) this.#turns.push(queue)
        queue.chunks.push(chunk)
        queue.waiting += chunk.length
        if (this.#serving) return
        this.#serving = true
        // An idle link has saved nothing up; a busy one goes on where it was, however late its timer.
        this.#freeAt = Math.max(this.#freeAt, this.#clock.now())
        this.#serve()
      },
      get waiting() {
        return queue.waiting
      },
    }
  }

  #serve(): void {
    const now = this.#clock.now()
    while (this.#freeAt <= now) {
      const queue = this.#turns.shift()
      if (queue === undefined) {
        this.#serving = false
        return
      }
      this.#send(queue)
      if (queue.waiting > 0) this.#turns.push(queue)
    }
    this.#clock.after(this.#freeAt - now, () => this.#serve())
  }

  #send(queue: Queue): void {
    const chunk = takeFrom(queue)
    this.#freeAt += (chunk.length * 8 * 1000) / this.#shape.bitsPerSecond
    queue.underway.push(chunk)
    const arrives = Math.max(this.#freeAt, queue.notBefore) + this.#shape.latencyMs
    // Timers may fire in another order; what arrives first is what left first.
    this.#clock.after(arrives - this.#clock.now(), () => {
      const first = queue.underway.shift()
      if (first !== undefined) queue.deliver(first)
    })
  }
}

function takeFrom(queue: Queue): Buffer {
  const [first = Buffer.alloc(0)] = queue.chunks
  const chunk = first.subarray(0, TURN_BYTES)
  if (chunk.length === first.length) queue.chunks.shift()
  else queue.chunks[0] = first.subarray(chunk.length)
  queue.waiting -= chunk.length
  return chunk
}
