/**
 * Under which heading of `--help` options stand. A command has up to sixty of them: what belongs together is found
 * together. Headings come in the order in which a command takes its options.
 */
import type { Options } from 'yargs'

type Headed<T extends Readonly<Record<string, Options>>> = {
  readonly [K in keyof T]: T[K] & { readonly group: string }
}

/** @param heading `Releases:`; what is under none stands with `--help` and `--version` under `Options:` */
export function under<const T extends Readonly<Record<string, Options>>>(
  heading: string,
  options: T,
): Headed<T> {
  const headed = Object.entries(options).map(([name, option]) => [name, { ...option, group: heading }])
  return Object.fromEntries(headed) as Headed<T>
}
