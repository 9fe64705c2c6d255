/**
 * Documents that take part in a choice (update graphs, signatures, graph data): each is read once, and kept with the plan,
 * so that the plan can be explained and made again without the network.
 *
 * A plan never uses old data unasked: the copy of an earlier run counts only where the user gave the earlier plan or
 * said `--refresh=false`.
 */
import { messageOf, PlaceError } from '../errors.ts'
import { type Digest, digestOf, hexOf } from '../oci/digest.ts'
import { oncePerKey } from '../once-per-key.ts'
import type { FactCache, WebReader, WebRequest } from '../provider.ts'
import { compareText } from '../target.ts'

export interface KeptDocument {
  /** Its URL, without anything that differs from run to run, and without credentials; of a chart on disk, its path. */
  readonly url: string
  readonly digest: Digest
  readonly bytes: Uint8Array
}

export interface Documents {
  /**
   * undefined when the server says that it is not there.
   *
   * @param known the digest that it has to have, where that is known: a copy that has it is as good as the server's
   * @throws PlaceError
   */
  read(url: string, request: WebRequest, signal: AbortSignal, known?: Digest): Promise<Uint8Array | undefined>
  /** Everything read so far, sorted by URL. */
  readonly used: readonly KeptDocument[]
}

export interface DocumentsOptions {
  readonly web: WebReader
  /** Where copies are kept between runs. */
  readonly facts: FactCache
  /** Documents kept with an earlier plan: they stand in for the network, whatever it says today. */
  readonly earlier?: readonly KeptDocument[]
  /** false takes the copies of earlier runs where there are any (`--refresh=false`). */
  readonly refresh: boolean
}

/** Reads of one URL at the same time, or one after the other, are one request; what failed is asked for again. */
export function createDocuments({ web, facts, earlier, refresh }: DocumentsOptions): Documents {
  const kept = new Map(earlier?.map(({ url, bytes }) => [url, bytes]))
  const once = oncePerKey<string, Uint8Array | undefined>()
  const used = new Map<string, KeptDocument>()

  async function look(
    url: string,
    request: WebRequest,
    signal: AbortSignal,
    known: Digest | undefined,
  ): Promise<Uint8Array | undefined> {
    const name = documentName(url)
    const key = `document/${name}`
    const bytes = kept.get(name) ?? (await copyOf(key, known)) ?? (await fetch(url, request, key, signal))
    if (bytes !== undefined) used.set(name, { url: name, digest: digestOf(bytes), bytes })
    return bytes
  }

  async function copyOf(key: string, known: Digest | undefined): Promise<Uint8Array | undefined> {
    if (refresh && known === undefined) return undefined
    const copy = await facts.get(key)
    return copy === undefined || (refresh && digestOf(copy) !== known) ? undefined : copy
  }

  async function fetch(
    url: string,
    request: WebRequest,
    key: string,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    try {
      const bytes = await web.get(url, request, signal)
      if (bytes !== undefined) await facts.put(key, bytes)
      return bytes
    } catch (error) {
      if (signal.aborted || !refresh || (await facts.get(key)) === undefined) throw error
      throw withCopyHint(error)
    }
  }

  return {
    read: (url, request, signal, known) => once(url, () => look(url, request, signal, known)),
    get used() {
      return [...used.values()].sort((a, b) => compareText(a.url, b.url))
    },
  }
}

/** What update graphs are asked by (OpenShift Update Service, "graph"); any other parameter may be a key to the door. */
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set(['arch', 'channel', 'version'])
/** Enough to tell two values apart. */
const SHOWN_HEX = 12

/**
 * What a document is kept under, which tells no secret:
 * `https://user:password@host/path?token=secret&arch=amd64` → `https://host/path?token=2bb80d537b1d&arch=amd64`; a text
 * that is no URL stays.
 */
export function documentName(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  const secret = [...parsed.searchParams].filter(([name]) => !PLAIN_PARAMETERS.has(name))
  if (parsed.username === '' && parsed.password === '' && secret.length === 0) return url
  parsed.username = ''
  parsed.password = ''
  for (const [name, value] of secret)
    parsed.searchParams.set(name, hexOf(digestOf(value)).slice(0, SHOWN_HEX))
  return parsed.href
}

/** The error stands: a plan of old data would look like one of today. */
function withCopyHint(error: unknown): PlaceError {
  const copy = 'a copy of an earlier run is there: --refresh=false makes the plan from it'
  if (!(error instanceof PlaceError)) return new PlaceError(messageOf(error), { cause: error, hint: copy })
  const { status, code, retryable, hint } = error
  return new PlaceError(error.message, {
    status,
    code,
    retryable,
    cause: error,
    hint: hint === undefined ? copy : `${hint}; ${copy}`,
  })
}
