/** The sections of an image set that this version recognises and cannot mirror yet. */
import { isRecord } from '../oci/json.ts'
import { type Entry, fieldOf } from './entry.ts'
import type { ProblemList } from './problem-list.ts'

const SECTIONS = ['helm'] as const

export function refuseUnsupportedSections(mirror: Entry | undefined, problems: ProblemList): void {
  for (const name of SECTIONS) {
    const section = fieldOf(mirror, name)
    if (section === undefined || asksForNothing(section.value)) continue
    problems.add('unsupported', section.pointer, `mirror.${name} is not supported yet by this version`, {
      at: 'key',
      hint: 'take the section out, or keep it in an image set of its own until it is supported',
    })
  }
}

/** Empty sections and switches that are off: `helm: {}`, `helm: { local: [] }`. */
function asksForNothing(value: unknown): boolean {
  if (value == null || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.values(value).every(asksForNothing)
}
