/**
 * Which repository holds which blobs and manifests.
 *
 * A layout keeps each blob once, without saying whose it is; a registry must know, or mounts and 404s would not be
 * those of a real one. The ledger is a log of JSON lines under `.mirrorform/`, read at start and rewritten without what
 * has been dropped. A torn last line, left by a crash, is ignored: what it recorded was never confirmed to a client.
 */
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { isRecord } from '../../lib/oci/json.ts'
import { isRepositoryPath, type RepositoryPath } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'
import { makeFolder } from '../folders.ts'
import { inBatches, isMissing, writeWhole } from '../layout/index.ts'

export interface HeldManifest {
  readonly mediaType: string
  /** bytes */
  readonly size: number
  readonly subject?: Digest
}

export type LedgerEntry =
  | { readonly did: 'hold-blob'; readonly repository: RepositoryPath; readonly digest: Digest }
  | { readonly did: 'drop-blob'; readonly repository: RepositoryPath; readonly digest: Digest }
  | ({
      readonly did: 'hold-manifest'
      readonly repository: RepositoryPath
      readonly digest: Digest
    } & HeldManifest)
  | { readonly did: 'drop-manifest'; readonly repository: RepositoryPath; readonly digest: Digest }

interface Holdings {
  readonly blobs: Set<Digest>
  readonly manifests: Map<Digest, HeldManifest>
  readonly referrers: Map<Digest, Set<Digest>>
}

export class Ledger {
  readonly #file: string
  readonly #repositories = new Map<RepositoryPath, Holdings>()
  readonly #write = inBatches<LedgerEntry>(async entries => {
    await appendFile(this.#file, entries.map(line).join(''))
    for (const entry of entries) this.#take(entry)
  })

  private constructor(file: string) {
    this.#file = file
  }

  /** @param exists whether a blob's file is still there: what another program removed is not held any more. */
  static async open(folder: string, exists: (digest: Digest) => boolean): Promise<Ledger> {
    const file = path.join(folder, '.mirrorform', 'repositories.jsonl')
    const ledger = new Ledger(file)
    for (const entry of await readEntries(file)) if (exists(entry.digest)) ledger.#take(entry)
    await makeFolder(path.dirname(file))
    await writeWhole(folder, file, [...ledger.#entries()].map(line).join(''))
    return ledger
  }

  /** Resolves once the entry is written; only then do the questions below see it. */
  record(entry: LedgerEntry): Promise<void> {
    return this.#write(entry)
  }

  holdsBlob(repository: RepositoryPath, digest: Digest): boolean {
    return this.#repositories.get(repository)?.blobs.has(digest) ?? false
  }

  manifest(repository: RepositoryPath, digest: Digest): HeldManifest | undefined {
    return this.#repositories.get(repository)?.manifests.get(digest)
  }

  /** Manifests of the repository whose subject it is, sorted. */
  referrers(repository: RepositoryPath, subject: Digest): readonly Digest[] {
    return [...(this.#repositories.get(repository)?.referrers.get(subject) ?? [])].sort(compareText)
  }

  /** Repositories that hold a manifest. */
  holdersOf(manifest: Digest): readonly RepositoryPath[] {
    return [...this.#repositories].filter(([, held]) => held.manifests.has(manifest)).map(([name]) => name)
  }

  knows(repository: RepositoryPath): boolean {
    return this.#repositories.has(repository)
  }

  /** Sorted. */
  repositories(): readonly RepositoryPath[] {
    return [...this.#repositories.keys()].sort(compareText)
  }

  /** The manifests that any repository holds. */
  *manifests(): Generator<Digest> {
    for (const held of this.#repositories.values()) yield* held.manifests.keys()
  }

  #take(entry: LedgerEntry): void {
    const held = this.#holdings(entry.repository)
    switch (entry.did) {
      case 'hold-blob':
        held.blobs.add(entry.digest)
        return
      case 'drop-blob':
        held.blobs.delete(entry.digest)
        return
      case 'hold-manifest': {
        const { mediaType, size, subject } = entry
        held.manifests.set(entry.digest, { mediaType, size, ...(subject !== undefined && { subject }) })
        if (subject === undefined) return
        const referrers = held.referrers.get(subject) ?? new Set()
        held.referrers.set(subject, referrers.add(entry.digest))
        return
      }
      case 'drop-manifest': {
        const subject = held.manifests.get(entry.digest)?.subject
        held.manifests.delete(entry.digest)
        if (subject !== undefined) held.referrers.get(subject)?.delete(entry.digest)
        return
      }
      default:
        entry satisfies never
    }
  }

  #holdings(repository: RepositoryPath): Holdings {
    const known = this.#repositories.get(repository)
    if (known !== undefined) return known
    const fresh: Holdings = { blobs: new Set(), manifests: new Map(), referrers: new Map() }
    this.#repositories.set(repository, fresh)
    return fresh
  }

  *#entries(): Generator<LedgerEntry> {
    for (const [repository, held] of this.#repositories) {
      for (const digest of held.blobs) yield { did: 'hold-blob', repository, digest }
      for (const [digest, manifest] of held.manifests)
        yield { did: 'hold-manifest', repository, digest, ...manifest }
    }
  }
}

function line(entry: LedgerEntry): string {
  return `${JSON.stringify(entry)}\n`
}

async function readEntries(file: string): Promise<readonly LedgerEntry[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').flatMap(text => parseLine(text) ?? [])
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function parseLine(text: string): LedgerEntry | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(json) || typeof json.repository !== 'string' || typeof json.digest !== 'string')
    return undefined
  const { repository, digest, did, mediaType, size, subject } = json
  if (!isRepositoryPath(repository) || !isDigest(digest)) return undefined
  if (did === 'hold-blob' || did === 'drop-blob' || did === 'drop-manifest')
    return { did, repository, digest }
  if (did !== 'hold-manifest' || typeof mediaType !== 'string' || typeof size !== 'number') return undefined
  const about = typeof subject === 'string' && isDigest(subject) ? { subject } : {}
  return { did, repository, digest, mediaType, size, ...about }
}
