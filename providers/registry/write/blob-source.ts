/**
 * The content of a blob on its way out: small ones are taken whole, so that they go out in one piece and can be sent
 * again; of others it is remembered whether it was the source that failed, which is nobody's fault at the target.
 */
import type { BlobContent } from '../../../lib/provider.ts'
import type { Payload } from './upload-session.ts'

/** Bytes up to which a blob is taken whole: image configs, signatures. */
const SMALL = 64 * 1024

export interface OpenedSource {
  readonly payload: Payload
  /** What the source threw, if it did. */
  failure(): { readonly error: unknown } | undefined
  /** Lets go of a source that was not read to its end. */
  close(): Promise<void>
}

export async function openSource(
  content: BlobContent,
  size: number,
  signal: AbortSignal,
): Promise<OpenedSource> {
  const source = await content.open(signal)
  if (size <= SMALL) {
    const chunks: Uint8Array[] = []
    for await (const chunk of source) chunks.push(chunk)
    const payload = { size, content: { body: Buffer.concat(chunks) } }
    return { payload, failure: () => undefined, close: async () => {} }
  }
  const iterator = source[Symbol.asyncIterator]()
  let failed: { readonly error: unknown } | undefined
  const stream: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        iterator.next().catch((error: unknown) => {
          failed = { error }
          throw error
        }),
      return: async () => close(),
    }),
  }
  const close = async () => {
    await iterator.return?.()
    return { done: true as const, value: undefined }
  }
  return {
    payload: { size, content: { stream } },
    failure: () => failed,
    close: async () => {
      await close().catch(() => {})
    },
  }
}
