/** The entries of an `olm.channel`, from untrusted JSON. */
import { isRecord } from '../../../oci/json.ts'
import type { ChannelEntry } from '../model.ts'

/** @param what the channel, for messages */
export function readEntries(
  entries: unknown,
  what: string,
  complain: (text: string) => void,
): readonly ChannelEntry[] {
  if (entries === undefined || entries === null) return []
  if (!Array.isArray(entries)) {
    complain(`${what}: entries is no list`)
    return []
  }
  const read: ChannelEntry[] = []
  const names = new Set<string>()
  for (const [at, value] of entries.entries()) {
    const entry = readEntry(value, `${what}: entries[${at}]`, complain)
    if (entry === undefined) continue
    if (names.has(entry.name)) complain(`${what} has the entry "${entry.name}" twice`)
    names.add(entry.name)
    read.push(entry)
  }
  return read
}

function readEntry(value: unknown, what: string, complain: (text: string) => void): ChannelEntry | undefined {
  if (!isRecord(value) || typeof value.name !== 'string' || value.name === '') {
    complain(`${what} has no name`)
    return undefined
  }
  const { replaces, skipRange } = value
  const skips: unknown = value.skips ?? []
  for (const [key, text] of Object.entries({ replaces, skipRange }))
    if (text !== undefined && text !== null && typeof text !== 'string')
      complain(`${what}: ${key} is no text`)
  const isList = Array.isArray(skips) && skips.every(each => typeof each === 'string')
  if (!isList) complain(`${what}: skips is no list of names`)
  return {
    name: value.name,
    ...(typeof replaces === 'string' && replaces !== '' && { replaces }),
    skips: isList ? skips.filter(name => name !== '') : [],
    ...(typeof skipRange === 'string' && skipRange !== '' && { skipRange }),
  }
}
