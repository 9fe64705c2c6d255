/** Measured numbers as the tables of this folder show them; counts and bytes look as in the product's own output. */
export { formatBytes, formatCount } from '../lib/report/quantities.ts'

/** Shown for what could not be measured: a program that ended too soon, a system that does not tell. */
export const UNKNOWN = '?'

/** `12.34 s` */
export function seconds(ms: number): string {
  return Number.isNaN(ms) ? UNKNOWN : `${(ms / 1000).toFixed(2)} s`
}

/** `2.51×` */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`
}
