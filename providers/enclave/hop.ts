/** A target on the way to another: a registry, and the state that says what we put there. */
import type { State } from '../../lib/state.ts'
import type { TargetAddress } from '../../lib/target.ts'

export interface Hop {
  /** In the kind: Mirror file, for messages and hints. */
  readonly name: string
  readonly address: Extract<TargetAddress, { kind: 'registry' }>
  readonly state: State
}
