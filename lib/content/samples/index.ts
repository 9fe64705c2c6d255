/** Hands on the content kind "samples". */
export { collectSamples } from './collect.ts'
export { readInventory, type SampleInventory, type SampleTag } from './inventory.ts'
export { placeSample, type SamplePlace } from './place.ts'
