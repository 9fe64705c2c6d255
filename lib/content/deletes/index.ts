/** Hands on deletes by file. */
export { selectListed } from './listed.ts'
export { type ChosenDeletes, selectDeletes } from './select.ts'
