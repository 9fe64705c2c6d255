/** Measured numbers as the tables of this folder show them; counts and bytes look as in the product's own output. */
export { formatBytes, formatCount } from '../lib/report/quantities.ts'

/** `12.34 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

/** `2.51×` */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`
}
