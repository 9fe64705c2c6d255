/** `mirror.samples` → image streams of the Cluster Samples Operator: `ruby`, one tag of one (`ruby:3.3-ubi9`), or all (`*`). */
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import type { ProblemList } from './problem-list.ts'

export interface SampleSection {
  /** As written. */
  readonly name: string
  /** `imageset.yaml:12` */
  readonly place: string
}

/** Names of image streams are names of Kubernetes objects; tags are those of images. */
const NAME = /^(?:\*|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?)$/

/** Adds what is wrong to `problems`. */
export function readSamples(
  mirror: Entry | undefined,
  path: string,
  problems: ProblemList,
): readonly SampleSection[] {
  return itemsOf(mirror, 'samples').flatMap(item => {
    const entry = fieldOf(item, 'name')
    const name = textOf(entry)
    if (name === undefined || entry === undefined) return []
    if (!NAME.test(name))
      problems.add('rule', entry.pointer, `"${name}" is not the name of an image stream`, {
        hint: 'write the name (ruby), one tag (ruby:3.3-ubi9), or "*" for all; images are for additionalImages',
      })
    return [{ name, place: `${path}:${problems.lineOf(item.pointer)}` }]
  })
}
