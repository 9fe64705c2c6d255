/**
 * Keeps the bytes of blobs under a limit, for each direction of its own: what is copied from registry to registry flows
 * at the limit, not at half of it. Pieces pass as they are; whoever gets them waits, and by back-pressure the other side.
 */
import { UsageError } from '../../../lib/errors.ts'
import type { Clock } from '../options.ts'
import { TokenBucket } from './token-bucket.ts'

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
}
/** Part of a second's bytes that may pass at once. */
const BURST = 0.05

/** `50MiB`, `2.5MB/s`, `800000` → bytes a second. @throws UsageError */
export function parseBandwidth(text: string): number {
  const [, number, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]i?b|b)?(?:\/s)?\s*$/i.exec(text) ?? []
  const bytes = Number(number ?? Number.NaN) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
  if (bytes >= 1) return bytes
  throw new UsageError(`--bandwidth ${text} is not a number of bytes a second`, {
    hint: 'for instance --bandwidth=50MiB; the units are B, KiB, MiB, GiB, kB, MB and GB',
  })
}

export class Bandwidth {
  readonly #clock: Clock
  readonly #received: TokenBucket
  readonly #sent: TokenBucket

  /** @param limit bytes a second */
  constructor(limit: number, clock: Clock) {
    this.#clock = clock
    this.#received = new TokenBucket(limit, limit * BURST, clock.now())
    this.#sent = new TokenBucket(limit, limit * BURST, clock.now())
  }

  received(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#slowed(bytes, this.#received, signal)
  }

  sent(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#slowed(bytes, this.#sent, signal)
  }

  /** For a body that goes out in one piece. */
  async sending(bytes: number, signal: AbortSignal): Promise<void> {
    await this.#pass(bytes, this.#sent, signal)
  }

  async *#slowed(
    bytes: AsyncIterable<Uint8Array>,
    bucket: TokenBucket,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of bytes) {
      await this.#pass(chunk.length, bucket, signal)
      yield chunk
    }
  }

  async #pass(bytes: number, bucket: TokenBucket, signal: AbortSignal): Promise<void> {
    const pause = bucket.take(bytes, this.#clock.now())
    if (pause >= 1) await this.#clock.sleep(pause, signal)
  }
}
