/** Paths of a kind: Mirror file are relative to its folder. */
import { isAbsolute, join } from 'node:path'
import type { MirrorTarget } from '../../lib/config/index.ts'

export function beside(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

/** `<name>.state.json` beside the file, unless it says otherwise. */
export function statePathIn(folder: string, { name, state }: Pick<MirrorTarget, 'name' | 'state'>): string {
  return beside(folder, state ?? `${name}.state.json`)
}
