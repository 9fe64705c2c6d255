/**
 * oc-mirror's `kind: DeleteImageList` → the images it names, each with its place in the file. `mirrorform delete --generate`
 * writes such lists (`lib/plan/delete-list.ts`), and so does oc-mirror v2 itself.
 */
import { isRecord } from '../oci/json.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import type { SourceFile } from './problem.ts'
import { ProblemList } from './problem-list.ts'
import { readYaml } from './yaml-document.ts'

export const DELETE_LIST_KIND = 'DeleteImageList'
const SCHEME = 'docker://'

export interface ListedImage {
  /** `registry.lan/ns/ubi9/ubi:latest`: host, path and tag, or the digest after `@`. */
  readonly reference: string
  /** `delete-images.yaml:5` */
  readonly place: string
}

/** In the order of the file. @throws ConfigError with everything that is wrong in it */
export function parseDeleteList(file: SourceFile): readonly ListedImage[] {
  const document = readYaml(file)
  const problems = new ProblemList(document)
  if (document.value === undefined) problems.throwIfAny()
  const root: Entry = { pointer: '', value: document.value }
  const kind = textOf(fieldOf(root, 'kind'))
  if (kind !== DELETE_LIST_KIND)
    problems.add(
      'schema',
      isRecord(document.value) && 'kind' in document.value ? '/kind' : '',
      `the kind is ${kind ?? 'missing'}, not ${DELETE_LIST_KIND}`,
      { hint: 'name the delete-images.yaml that `mirrorform delete --generate` or oc-mirror wrote' },
    )
  const images = itemsOf(root, 'items').flatMap((item): readonly ListedImage[] => {
    const field = fieldOf(item, 'imageReference')
    const text = textOf(field)
    if (text === undefined) {
      problems.add('schema', field?.pointer ?? item.pointer, 'this item has no imageReference', {
        hint: 'write imageReference: docker://HOST/REPOSITORY:TAG',
      })
      return []
    }
    const reference = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text
    return [{ reference, place: `${file.path}:${problems.lineOf(item.pointer)}` }]
  })
  problems.throwIfAny()
  return images
}
