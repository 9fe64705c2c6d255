/** Getting commands (openshift-install, oc …) out of release payloads. */
export {
  type ExtractedCommand,
  type ExtractRequest,
  extractCommand,
  type FindComponent,
  type ImagePlace,
} from './extract-command.ts'
export { componentsBeside, type NamedRelease, releaseByName } from './release-by-name.ts'
export { componentsIn, nameInState, pinOf, releaseInState } from './release-in-state.ts'
export { COMMANDS, checkCommand } from './tools.ts'
