/** Hands on the content kind "additional images". */
export { isBlocked } from './blocking.ts'
export { collectAdditionalImages } from './collect.ts'
