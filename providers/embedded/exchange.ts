/**
 * One request and its answer. Everything that comes in or goes out passes here, so that it is counted, and so that the
 * faults of a test strike at the right byte. Content is streamed with back-pressure in both directions.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from './problem.ts'
import type { Fault, RecordedRequest } from './registry-server.ts'

export type Headers = Readonly<Record<string, string | number>>

export type Recording = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] }

/** The connection is gone, or a fault closed it: there is nobody to answer any more. */
export class Gone extends Error {}

export class Exchange {
  readonly request: IncomingMessage
  readonly record: Recording
  readonly url: URL
  /** Aborted when the client leaves or the server closes. */
  readonly signal: AbortSignal
  readonly #response: ServerResponse
  readonly #standing: Headers
  #fault: Fault | undefined

  /** @param standing headers of every answer */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    record: Recording,
    url: URL,
    standing: Headers,
    signal: AbortSignal,
  ) {
    this.request = request
    this.#response = response
    this.record = record
    this.url = url
    this.#standing = standing
    this.signal = signal
  }

  strikeWith(fault: Fault | undefined): void {
    this.#fault = fault
  }

  /** The content of the request. @throws Gone when it breaks off. */
  async *body(): AsyncGenerator<Buffer> {
    const fault = this.#fault
    const limit = fault?.do === 'hang-up' || fault?.do === 'stall' ? fault.afterBytes : undefined
    let damage = fault?.do === 'corrupt'
    try {
      for await (const chunk of this.#chunks()) {
        this.record.bytesIn += chunk.length
        if (limit !== undefined && this.record.bytesIn >= limit) await this.#end(fault)
        if (damage) chunk[0] = (chunk[0] ?? 0) ^ 1
        damage = false
        yield chunk
      }
    } catch (cause) {
      throw cause instanceof Gone ? cause : new Gone('the client broke off', { cause })
    }
    if (!this.request.complete) throw new Gone('the client broke off')
  }

  /** Leaving the loop early must not close the connection, or the answer that says why would be lost. */
  #chunks(): AsyncIterable<Buffer> {
    return { [Symbol.asyncIterator]: () => this.request.iterator({ destroyOnReturn: false }) }
  }

  /** @throws Problem 413 when the content is larger than `limit` bytes. */
  async bodyBytes(limit: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.body()) {
      chunks.push(chunk)
      if (this.record.bytesIn > limit)
        throw new Problem('SIZE_INVALID', `at most ${limit} bytes are taken here`, { status: 413 })
    }
    return Buffer.concat(chunks)
  }

  /** @param body text or bytes; left out, the answer has no content. */
  async answer(status: number, headers: Headers = {}, body: string | Uint8Array = ''): Promise<void> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    await this.answerStream(
      status,
      { ...headers, 'content-length': bytes.length },
      bytes.length > 0 ? [bytes] : [],
    )
  }

  async answerJson(status: number, json: unknown, headers: Headers = {}): Promise<void> {
    const body = `${JSON.stringify(json)}\n`
    await this.answer(status, { 'content-type': 'application/json', ...headers }, body)
  }

  /** The answer to a HEAD request: the headers of a GET, `content-length` included. */
  async answerHead(status: number, headers: Headers): Promise<void> {
    await this.answerStream(status, headers, [])
  }

  /** @param headers with `content-length`: the bytes that `chunks` will give. */
  async answerStream(
    status: number,
    headers: Headers,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    this.record.status = status
    const extra = this.record.method === 'GET' && this.#fault?.do === 'lengthen' ? this.#fault.bytes : 0
    const length = { 'content-length': Number(headers['content-length']) + extra }
    this.#response.writeHead(status, { ...this.#standing, ...headers, ...(extra > 0 && length) })
    if (this.record.method !== 'HEAD')
      for await (const chunk of chunks) await this.#write(this.#struck(chunk))
    if (extra > 0) await this.#write({ bytes: Buffer.alloc(extra), last: false })
    this.#response.end()
    // What the client still sends is read and dropped, so that the connection can serve its next request.
    if (!this.request.complete) this.request.resume()
  }

  /** Closes the connection unless all of the request's content has come. */
  breakOff(): void {
    if (!this.request.complete) this.request.socket.destroy()
  }

  /** Closes the connection. @throws Gone always */
  hangUp(): never {
    this.#response.destroy()
    this.request.socket.destroy()
    throw new Gone('a fault closed the connection')
  }

  /** @throws Gone at once, or, when it is to stall, once the client has given up */
  async #end(fault: Fault | undefined): Promise<never> {
    if (fault?.do !== 'stall') this.hangUp()
    await this.silence()
    throw new Gone('the client gave up')
  }

  /** Resolves when the client has left or the server closes. */
  async silence(): Promise<void> {
    if (!this.signal.aborted) await once(this.signal, 'abort')
  }

  /** The part of a chunk that gets through, damaged where the fault says so. */
  #struck(chunk: Uint8Array): { readonly bytes: Uint8Array; readonly last: boolean } {
    const fault = this.record.method === 'GET' ? this.#fault : undefined
    const limit = passes(fault)
    if (limit !== undefined && this.record.bytesOut + chunk.length >= limit)
      return { bytes: chunk.subarray(0, limit - this.record.bytesOut), last: true }
    if (fault?.do !== 'corrupt' || this.record.bytesOut > 0) return { bytes: chunk, last: false }
    const damaged = Buffer.from(chunk)
    damaged[0] = (damaged[0] ?? 0) ^ 1
    return { bytes: damaged, last: false }
  }

  async #write({ bytes, last }: { readonly bytes: Uint8Array; readonly last: boolean }): Promise<void> {
    if (this.signal.aborted) throw new Gone('the client broke off')
    this.record.bytesOut += bytes.length
    if (last) {
      await new Promise<void>(resolve => this.#response.write(bytes, () => resolve()))
      await this.#end(this.#fault)
    }
    if (this.#response.write(bytes)) return
    try {
      await once(this.#response, 'drain', { signal: this.signal })
    } catch (cause) {
      throw new Gone('the client broke off', { cause })
    }
  }
}

/** Bytes of an answer that get through before the fault ends it; undefined when all do. */
function passes(fault: Fault | undefined): number | undefined {
  if (fault?.do === 'truncate') return fault.bytes
  return fault?.do === 'hang-up' || fault?.do === 'stall' ? fault.afterBytes : undefined
}
