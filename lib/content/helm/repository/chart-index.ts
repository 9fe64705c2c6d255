/** index.yaml of a chart repository → its charts and their versions (Helm, "The Chart Repository Guide"). */
import { isRecord } from '../../../oci/json.ts'
import { loadEntries } from './load-index.ts'

export interface ChartIndex {
  /** In the order of the index. */
  readonly names: readonly string[]
  /** undefined when there is no such chart. @throws ChartFault when what the index says of it cannot be read */
  versionsOf(name: string): readonly IndexedChart[] | undefined
}

export interface IndexedChart {
  readonly name: string
  readonly version: string
  readonly isLibrary: boolean
  /** As written: may be relative to the repository. */
  readonly urls: readonly string[]
  /** Of the packaged chart: 64 hex digits. What is written in another form counts as absent. */
  readonly sha256?: string
}

/** @throws ChartFault when it is no index */
export function readIndex(bytes: Uint8Array, what: string): ChartIndex {
  const entries = loadEntries(bytes, what)
  return {
    names: [...entries.keys()],
    versionsOf(name) {
      const load = entries.get(name)
      if (load === undefined) return undefined
      const versions = load()
      return (Array.isArray(versions) ? versions : []).flatMap(each => readEntry(name, each) ?? [])
    },
  }
}

function readEntry(name: string, entry: unknown): IndexedChart | undefined {
  if (!isRecord(entry)) return undefined
  const version = typeof entry.version === 'number' ? String(entry.version) : entry.version
  if (typeof version !== 'string' || version === '') return undefined
  const [, sha256] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(String(entry.digest ?? '').toLowerCase()) ?? []
  return {
    name,
    version,
    isLibrary: entry.type === 'library',
    urls: (Array.isArray(entry.urls) ? entry.urls : []).filter(url => typeof url === 'string'),
    ...(sha256 !== undefined && { sha256 }),
  }
}
