/** What the command line says of a target and of how its content is chosen. */
import type { OperatorSelection } from '../../../lib/content/operator/index.ts'
import type { ConditionalUpdates } from '../../../lib/content/release/index.ts'
import type { PlatformIndexMode } from '../../../lib/graph/platform-choice.ts'
import type { AttachmentPolicy } from '../../../lib/graph/resolve.ts'

/** The kind: Mirror file of a folder. */
export const MIRROR_FILE = 'mirrorform.yaml'

export interface TargetArguments {
  readonly config?: readonly string[] | undefined
  readonly to?: string | undefined
  /** With an archive as `to`: its far side, an address or the name of a target in a kind: Mirror file. */
  readonly for?: string | undefined
  /** The far side's receipt. */
  readonly against?: string | undefined
  readonly target?: string | undefined
  /** The kind: Mirror file, where `config` does not name it. */
  readonly mirrorFile?: string | undefined
  readonly state?: string | undefined
  /** `config` names what is to be deleted. */
  readonly delete?: boolean | undefined
  readonly maxNestedPaths?: number | undefined
  readonly platformIndex?: PlatformIndexMode | undefined
  readonly signatures?: AttachmentPolicy | undefined
  readonly conditionalUpdates?: ConditionalUpdates | undefined
  readonly operatorSelection?: OperatorSelection | undefined
  readonly graphDataBaseImage?: string | undefined
  readonly carryCharts?: boolean | undefined
  readonly helmBinary?: string | undefined
}
