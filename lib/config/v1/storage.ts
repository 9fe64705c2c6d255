/** `storageConfig` -> where oc-mirror v1 kept what earlier runs had mirrored. */

import { isRecord } from '../../oci/json.ts'
import { parseReference, withDefaultTag } from '../../oci/reference.ts'
import { dotted, type Entry, fieldOf, textOf } from '../entry.ts'
import type { ProblemList } from '../problem-list.ts'
import type { V1Storage } from './settings.ts'

/** Of two the local one (oc-mirror v1); undefined where v1 worked without. Adds what is wrong to `problems`. */
export function readV1Storage(root: Entry, path: string, problems: ProblemList): V1Storage | undefined {
  const config = fieldOf(root, 'storageConfig')
  const local = fieldOf(config, 'local')
  const folder = textOf(fieldOf(local, 'path'))
  const registry = fieldOf(config, 'registry')
  const image = fieldOf(registry, 'imageURL')
  const name = textOf(image)
  const reference =
    image === undefined || name === undefined
      ? undefined
      : problems.attempt(image.pointer, () => withDefaultTag(parseReference(name)))
  const placeOf = (entry: Entry): string => `${path}:${problems.lineOf(entry.pointer)}`
  if (local !== undefined) {
    if (folder !== undefined) return { kind: 'local', path: folder, place: placeOf(local) }
    refuseEmpty(local, 'path', 'the folder', problems)
    return undefined
  }
  if (registry === undefined) return undefined
  if (name === undefined) refuseEmpty(registry, 'imageURL', 'the image', problems)
  if (reference === undefined) return undefined
  const skipTls = fieldOf(registry, 'skipTLS')?.value === true
  return { kind: 'registry', reference, skipTls, place: placeOf(registry) }
}

/** Taken for no storage at all it would look as if nothing had been mirrored. */
function refuseEmpty(entry: Entry, key: string, what: string, problems: ProblemList): void {
  if (!isRecord(entry.value) || key in entry.value) return
  problems.add('rule', entry.pointer, `${dotted(entry.pointer)} has no ${key}`, {
    hint: `name ${what} with the metadata of oc-mirror v1, or delete storageConfig`,
  })
}
