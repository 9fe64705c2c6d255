/**
 * The text of an index → its entries, each read when it is asked for. Public indexes have up to 25 MB of YAML and one
 * chart is wanted of them: the text is cut where its entries begin, as programs write it; any other is read whole.
 */
import { parse } from 'yaml'
import { messageOf } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'
import { jsonOfPlainYaml } from '../../operator/catalog/yaml-plain.ts'
import { ChartFault } from '../chart/chart-fault.ts'

/** Name of a chart → what the index says of it. */
export type IndexEntries = ReadonlyMap<string, () => unknown>

/** @throws ChartFault when it is no index; also when an entry is asked for */
export function loadEntries(bytes: Uint8Array, what: string): IndexEntries {
  const text = new TextDecoder().decode(bytes)
  return (/^\s*\{/.test(text) ? undefined : cutEntries(text, what)) ?? wholeEntries(text, what)
}

function wholeEntries(text: string, what: string): IndexEntries {
  const index = load(text, what)
  const entries = isRecord(index) ? index.entries : undefined
  if (!isRecord(entries))
    throw new ChartFault(`${what} is no index of charts: it has no entries`, { hint: HINT })
  return new Map(Object.entries(entries).map(([name, entry]) => [name, () => entry]))
}

const HINT =
  'the url of a repository is that of the folder with index.yaml in it; some sites answer with a page for people'

function load(text: string, what: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Then it may still be YAML.
    }
  }
  try {
    return parse(text, { uniqueKeys: false, logLevel: 'error' })
  } catch (cause) {
    throw new ChartFault(`${what} is not YAML: ${messageOf(cause).split('\n', 1)[0]}`, { cause, hint: HINT })
  }
}

const ENTRY = /^( +)([A-Za-z0-9][A-Za-z0-9._-]*): *$/

/** undefined when the text is not cut so easily: written by hand, or with anchors. */
function cutEntries(text: string, what: string): IndexEntries | undefined {
  const lines = text.split('\n')
  const start = lines.indexOf('entries:')
  if (start < 0 || /[:-] +[&*]\S/.test(text)) return undefined
  const indent = ENTRY.exec(lines[start + 1] ?? '')?.[1]
  if (indent === undefined) return undefined
  const pieces = new Map<string, string>()
  let name: string | undefined
  let piece: string[] = []
  const close = (): void => {
    if (name !== undefined) pieces.set(name, `${piece.join('\n')}\n`)
  }
  for (const line of lines.slice(start + 1)) {
    if (/^[^\s#]/.test(line)) break
    const [, deep, key] = ENTRY.exec(line) ?? []
    if (deep === indent && key !== undefined) {
      if (pieces.has(key)) return undefined
      close()
      name = key
      piece = []
    } else if (line.startsWith(indent) && /[^\s#-]/.test(line[indent.length] ?? ' ')) return undefined
    piece.push(line)
  }
  close()
  return new Map([...pieces].map(([key, each]) => [key, () => entryIn(each, key, what)]))
}

function entryIn(piece: string, name: string, what: string): unknown {
  const plain = jsonOfPlainYaml(piece)
  const found: unknown = plain === undefined ? load(piece, `${what}: ${name}`) : JSON.parse(plain.json)
  return isRecord(found) ? found[name] : undefined
}
