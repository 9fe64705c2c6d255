/** Hands on what commands use of lists of other tools. */

export { imageSetText, omissionText } from './image-set-text.ts'
export type {
  ImportedList,
  ListFormat,
  NotCarried,
  PathRule,
} from './imported-list.ts'
export { readImageList } from './read-list.ts'
export { settleTags, type TagAnswer, tagsToAsk } from './settle-tags.ts'
