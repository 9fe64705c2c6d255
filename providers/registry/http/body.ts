/** Reads small answers whole, with a limit, and lets go of those nobody wants. */
import type { Answer } from './wire.ts'

/** @throws RangeError when the body is longer than `limit` bytes; the connection is closed then. */
export async function readAtMost(answer: Answer, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limit) throw new RangeError(`more than ${limit} bytes`)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** Frees the connection of an answer whose body does not matter. */
export async function discard(answer: Answer): Promise<void> {
  await answer.body.dump().catch(() => {})
}
