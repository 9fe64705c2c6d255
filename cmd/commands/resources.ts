/** `resources`: what a cluster needs to use the mirror, from a state alone and without any network. */
import { UsageError } from '../../lib/errors.ts'
import { countOf } from '../../lib/report/index.ts'
import {
  changesDocument,
  folderWarnings,
  isChange,
  makeResources,
  type Resources,
} from '../../lib/resources/index.ts'
import { yamlDocuments } from '../../lib/resources/yaml-text.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'
import type { Output } from '../terminal/index.ts'
import { plainFolder, writeFolder } from '../wiring/resources/resource-folder.ts'
import {
  chooseResources,
  defaultResourceFolder,
  type ResourceArguments,
  resourceOptions,
} from '../wiring/resources/resource-settings.ts'
import type { TargetArguments } from '../wiring/target/choose-target.ts'
import { readStateOf } from '../wiring/target/find-state.ts'

export interface ResourcesArguments extends TargetArguments, ResourceArguments {
  readonly out?: string | undefined
  readonly stdout: boolean
  readonly annotate: boolean
}

/** Says which state the objects were made from, where that is asked for. */
const STATE_ANNOTATION = 'mirrorform.dev/state'

export const run: Command<ResourcesArguments> = async (args, { output }) => {
  if (args.stdout && args.out !== undefined)
    throw new UsageError('--stdout and --out exclude each other', {
      hint: '--stdout prints the objects for the cluster, --out writes all files to a folder',
    })
  const choice = await chooseResources(args)
  const { state, revision } = await readStateOf(openStateFile(choice.statePath), output)
  const options = await resourceOptions(choice, args)
  const resources = makeResources(state, {
    ...options,
    ...(args.annotate && { annotations: { [STATE_ANNOTATION]: revision } }),
  })
  for (const note of resources.notes) output.note(note)
  if (args.stdout) await printObjects(resources, output)
  else await writeFiles(args.out ?? defaultResourceFolder(choice.statePath), resources, output)
  return 0
}

/** As `oc apply -f -` takes them. */
async function printObjects({ files, notes }: Resources, output: Output): Promise<void> {
  const objects = files.filter(({ path }) => path.endsWith('.yaml')).flatMap(file => file.objects)
  if (objects.length > 0) output.print(yamlDocuments('', objects).trimEnd())
  await output.document({ format: 'mirrorform-resources', version: 1, objects, notes })
}

async function writeFiles(named: string, resources: Resources, output: Output): Promise<void> {
  const folder = plainFolder(named)
  const changes = await writeFolder(folder, resources)
  for (const warning of folderWarnings(folder, changes)) output.warn(warning)
  for (const change of changes.filter(isChange)) output.print(`${SIGNS[change.do]} ${folder}/${change.path}`)
  const changed = changes.filter(isChange).length
  output.print(
    changed === 0
      ? `${folder}: unchanged, ${countOf(resources.files.length, 'file')}.`
      : `${folder}: ${countOf(changed, 'file')} changed, ${changes.length - changed} unchanged. Apply them with: oc apply -f ${folder}`,
  )
  await output.document({
    format: 'mirrorform-resources',
    version: 1,
    folder,
    files: changesDocument(changes),
    notes: resources.notes,
  })
}

const SIGNS = { create: '+', replace: '~', remove: '−', keep: ' ', leave: ' ' } as const
