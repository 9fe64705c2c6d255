/** A list of another tool as an image set, in the few words that tests compare: what it asks for, and what it left behind. */
import { parseImageSet } from '../lib/config/index.ts'
import { imageSetText, readImageList, settleTags } from '../lib/config/lists/index.ts'

interface Imported {
  readonly text: string
  /** `name`, or `name => repository:tag` where it goes elsewhere. */
  readonly images: readonly string[]
  /** `line: message` */
  readonly left: readonly string[]
}

export function imported(text: string, options: Parameters<typeof readImageList>[1] = {}): Imported {
  const list = settleTags(readImageList({ path: 'list', text }, options), new Map())
  const written = imageSetText(list, 'list')
  const { additionalImages } = parseImageSet({ path: 'out', text: written })
  return {
    text: written,
    images: additionalImages.map(
      ({ name, targetRepo, targetTag, platforms }) =>
        name +
        (targetRepo === undefined && targetTag === undefined
          ? ''
          : ` => ${targetRepo ?? ''}:${targetTag ?? ''}`) +
        platforms.map(({ architecture }) => ` ${architecture}`).join(''),
    ),
    left: list.entries.flatMap(entry =>
      entry.kind === 'notCarried' ? [`${entry.place.line}: ${entry.message}`] : [],
    ),
  }
}
