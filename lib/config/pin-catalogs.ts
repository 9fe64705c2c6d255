/**
 * An image set and the digests its catalogs have now -> the same text with each catalog named by digest, and its tag kept
 * as `targetTag`, so that nothing at the destination changes its name (oc-mirror v2, pinned image sets).
 *
 * Only these values are edited; comments, order and layout stay as they are.
 */
import { PlanError } from '../errors.ts'
import type { Digest } from '../oci/digest.ts'
import { parseImageSet } from './configuration.ts'
import type { OperatorSection } from './operator-section.ts'
import type { SourceFile } from './problem.ts'
import { withKnownKeys } from './v1/known-keys.ts'
import { readYaml } from './yaml-document.ts'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * @param digests by the catalogs' order in the image set
 * @throws ConfigError when it is no valid image set, PlanError where a catalog is not written out but repeated (`*alias`)
 */
export function pinCatalogs(file: SourceFile, digests: readonly Digest[]): string {
  const text = file.text.replace(/^\ufeff/, '')
  const { places } = withKnownKeys(readYaml(file))
  const operators = parseImageSet(file).operators ?? []
  const edits = operators.flatMap((section, at): readonly Edit[] => {
    const digest = digests[at]
    const reference = section.source.kind === 'registry' ? section.source.reference : undefined
    if (digest === undefined || reference?.tag === undefined || reference.digest !== undefined) return []
    const pointer = `/mirror/operators/${at}`
    const place = places.get(`${pointer}/catalog`)
    const written = place && text.slice(place.value.start, place.value.end)
    const quote = /^["']/.exec(written ?? '')?.[0] ?? ''
    if (place?.key === undefined || written !== `${quote}${section.catalog}${quote}`)
      throw notWrittenOut(section)
    const untagged = section.catalog.slice(0, -`:${reference.tag}`.length)
    const pinned = {
      start: place.value.start,
      end: place.value.end,
      text: `${quote}${untagged}@${digest}${quote}`,
    }
    if (section.targetTag !== undefined || places.has(`${pointer}/targetTag`)) return [pinned]
    const isBraced = text[places.get(pointer)?.value.start ?? 0] === '{'
    const add = isBraced ? tagBeside : tagBelow
    return [pinned, add(text, place.key.start, place.value.end, reference.tag)]
  })
  return edited(text, edits)
}

function tagBeside(text: string, keyStart: number, valueEnd: number, tag: string): Edit {
  const key = text[keyStart] === '"' ? '"targetTag"' : 'targetTag'
  return { start: valueEnd, end: valueEnd, text: `, ${key}: "${tag}"` }
}

/** A line of its own below the catalog. */
function tagBelow(text: string, keyStart: number, valueEnd: number, tag: string): Edit {
  const column = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1)
  const lineFeed = text.indexOf('\n', valueEnd)
  const at = lineFeed < 0 ? text.length : lineFeed + 1
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const line = `${' '.repeat(column)}targetTag: "${tag}"`
  return { start: at, end: at, text: lineFeed < 0 ? `${end}${line}` : `${line}${end}` }
}

function edited(text: string, edits: readonly Edit[]): string {
  let done = text
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start))
    done = done.slice(0, start) + replacement + done.slice(end)
  return done
}

function notWrittenOut({ catalog, place }: OperatorSection): PlanError {
  return new PlanError(`${place}: the catalog ${catalog} cannot be pinned where it stands`, {
    hint: 'write its name out, on one line and without an alias or a merge key',
  })
}
