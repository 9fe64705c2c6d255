/**
 * `--resources DIR` of plan and apply: what the plan changes in a folder of resources, shown before it is carried out, and
 * the folder brought up to date after it was. Each is made from what the mirror holds at that time.
 */
import { existsSync } from 'node:fs'
import { readState } from '../../../lib/apply/session.ts'
import type { Plan } from '../../../lib/plan/plan.ts'
import { countOf } from '../../../lib/report/index.ts'
import {
  type ChangesRendering,
  folderWarnings,
  imagesAfter,
  isChange,
  makeResources,
  type ResourceOptions,
  renderChanges,
} from '../../../lib/resources/index.ts'
import { openStateFile } from '../../../state/index.ts'
import type { Output } from '../../terminal/index.ts'
import type { TargetArguments } from '../target/choose-target.ts'
import { compareFolder, plainFolder, writeFolder } from './resource-folder.ts'
import { type ResourceArguments, type ResourceChoice, resourceOptions } from './resource-settings.ts'

export interface ResourcesAsked extends ResourceArguments {
  /** The folder. */
  readonly resources: string
  readonly destroy: boolean
}

/** As text for a reviewer. @throws ResourceError, ConfigError, UsageError */
export async function resourceChanges(
  args: ResourcesAsked,
  choice: ResourceChoice,
  plan: Plan,
  output: Output,
  rendering: ChangesRendering,
): Promise<string> {
  const folder = plainFolder(args.resources)
  const { loaded } = await readState(openStateFile(choice.statePath))
  const resources = makeResources(imagesAfter(plan, loaded?.state), await optionsOf(choice, args))
  const changes = await compareFolder(folder, resources)
  for (const note of resources.notes) output.note(note)
  return renderChanges(folder, changes, rendering)
}

/** From the state as it is now. */
export async function writeResources(
  args: ResourcesAsked,
  choice: ResourceChoice,
  output: Output,
): Promise<void> {
  const folder = plainFolder(args.resources)
  const { loaded } = await readState(openStateFile(choice.statePath))
  if (loaded === undefined) return
  const resources = makeResources(loaded.state, await optionsOf(choice, args))
  const changes = await writeFolder(folder, resources)
  for (const warning of folderWarnings(folder, changes)) output.warn(warning)
  const changed = changes.filter(isChange).length
  output.print(
    changed === 0
      ? `Resources in ${folder}: unchanged.`
      : `Resources in ${folder}: ${countOf(changed, 'file')} changed. Apply them with: oc apply -f ${folder}`,
  )
}

/** A mirror that goes has no use for templates, and its image set may be gone already. */
function optionsOf(choice: ResourceChoice, args: ResourcesAsked): Promise<ResourceOptions> {
  return resourceOptions(args.destroy ? { ...choice, imageSets: [] } : choice, args)
}

/** For a saved plan: templates are those of the image sets it was made from, as far as these are here. */
export function choiceOfPlan(
  plan: Plan,
  { state, maxNestedPaths = 0 }: TargetArguments,
  output: Output,
): ResourceChoice {
  const paths = plan.inputs.map(({ path }) => path)
  for (const path of paths)
    if (!existsSync(path))
      output.warn(`${path} is not here: templates that it names are not used for resources`)
  return {
    statePath: state ?? plan.statePath,
    imageSets: paths.filter(path => existsSync(path)),
    maxNestedPaths,
  }
}
