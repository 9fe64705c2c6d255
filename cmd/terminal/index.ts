/** The terminal as the commands see it. */
export { columnsOf, createStyle, type Environment, type MaybeTerminal, wantsColor } from './colors.ts'
export { type ConfirmStreams, confirm } from './confirm.ts'
export { checkDocumentPath, checkFilePath, makeFolder, writeDocument } from './document.ts'
export { type InterruptOptions, type Interrupts, onInterrupt } from './interrupts.ts'
export { createOutput, type LogFields, type Output, type OutputOptions } from './output.ts'
export {
  createProgress,
  type Progress,
  type ProgressMode,
  type ProgressOptions,
  type ProgressStream,
} from './progress.ts'
export { noteReading, type ReadingOptions } from './reading.ts'
export { startOfFile } from './standing-file.ts'
