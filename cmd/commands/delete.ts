/**
 * `delete`: the two steps of `oc mirror delete --v2`. `--generate` plans and writes down what would go, as a plan and as
 * oc-mirror's list; `--delete-yaml-file` applies that plan or, where the list is another's or was edited, deletes what it
 * names of what the state owns.
 */
import { existsSync } from 'node:fs'
import { parseDeleteList, type SourceFile } from '../../lib/config/index.ts'
import { selectListed } from '../../lib/content/deletes/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { deleteListText } from '../../lib/plan/delete-list.ts'
import { decodePlan, encodePlan } from '../../lib/plan/plan-file.ts'
import { countOf, renderPlan } from '../../lib/report/index.ts'
import { formatTarget, parseTarget } from '../../lib/target.ts'
import { applyArguments, type WholeApplyArguments } from '../foreign/apply-arguments.ts'
import { shellLine, tellEquivalent } from '../foreign/equivalent.ts'
import { type DeleteFiles, deleteFiles, planBeside } from '../foreign/oc-mirror/delete-files.ts'
import { DELETE_FLAGS, GLOBAL_FLAGS } from '../foreign/oc-mirror/flags.ts'
import {
  checkGlobalFlags,
  commonArguments,
  commonWords,
  type GlobalArguments,
  word,
} from '../foreign/oc-mirror/global-flags.ts'
import { workingFolder } from '../foreign/oc-mirror/places.ts'
import { makeWorkspace, refuseUnreadable } from '../foreign/oc-mirror/workspace.ts'
import type { Command, Invocation } from '../invocation.ts'
import { writeDocument } from '../terminal/index.ts'
import type { DeleteInput } from '../wiring/plan-deletes.ts'
import { planFor } from '../wiring/plan-for.ts'
import { readText } from '../wiring/read-text.ts'
import { chooseTarget, defaultStatePath, findMirrorFile } from '../wiring/target/choose-target.ts'
import { MIRROR_FILE } from '../wiring/target/target-arguments.ts'
import { run as apply } from './apply.ts'

export interface DeleteArguments extends GlobalArguments {
  readonly destination?: string | undefined
  readonly generate?: boolean | undefined
  readonly deleteYamlFile?: string | undefined
  readonly deleteId?: string | undefined
  /** Ours. */
  readonly allowMassDelete: boolean
}

export const run: Command<DeleteArguments> = async (args, invocation) => {
  checkGlobalFlags([...GLOBAL_FLAGS, ...DELETE_FLAGS], args, invocation)
  const to = registryOf(args.destination)
  const { generate = false, deleteYamlFile: list } = args
  if (generate === (list !== undefined))
    throw new UsageError('delete takes either --generate or --delete-yaml-file', {
      hint: '--generate writes the list of what would go; --delete-yaml-file FILE deletes what is listed',
    })
  const common = { ...commonArguments(args, invocation), state: args.state, yes: true }
  if (list !== undefined) {
    const text = await readText(list, 'list of deletes')
    const plan = await planThatWrote(list, text, to)
    if (plan !== undefined) return applyPlanned(plan, common, invocation)
    return deleteListed({ path: list, text }, await planningArguments(args, to, common), invocation)
  }
  return generateList(args, await planningArguments(args, to, common), invocation)
}

function registryOf(destination: string | undefined): string {
  if (destination === undefined)
    throw new UsageError('delete: where is missing', { hint: 'write docker://HOST[/PREFIX]' })
  const address = parseTarget(destination)
  if (address.kind === 'registry') return formatTarget(address)
  throw new UsageError(`"${destination}" is no registry`, { hint: 'write docker://HOST[/PREFIX]' })
}

/**
 * A target of the kind: Mirror file of this folder has guards of its own, also where its address is named; and a state, unless
 * `mirror` has made one of the address.
 */
async function planningArguments(
  { allowMassDelete }: DeleteArguments,
  to: string,
  common: Partial<WholeApplyArguments>,
): Promise<Partial<WholeApplyArguments>> {
  const given = { ...common, allowMassDelete }
  if (!existsSync(MIRROR_FILE)) return { ...given, to }
  const { targets } = await findMirrorFile({ mirrorFile: MIRROR_FILE })
  const found = targets.find(target => formatTarget(target.to) === to)
  if (found === undefined) return { ...given, to }
  const ofAddress = defaultStatePath(found.to)
  const state = common.state ?? (existsSync(ofAddress) ? ofAddress : undefined)
  return { ...given, target: found.name, mirrorFile: MIRROR_FILE, state }
}

async function generateList(
  { config, workspace, deleteId, destination = '' }: DeleteArguments,
  given: Partial<WholeApplyArguments>,
  invocation: Invocation,
): Promise<number> {
  if (config === undefined)
    throw new UsageError('--generate needs a file that says what to delete', {
      hint: 'name it with -c FILE, kind: DeleteImageSetConfiguration',
    })
  if (workspace === undefined)
    throw new UsageError('--generate needs a workspace to write to', {
      hint: 'name the one that was mirrored with: --workspace file://FOLDER',
    })
  const files = deleteFiles(workingFolder(workspace), deleteId)
  const sets = config.flatMap(path => ['-c', path])
  tellEquivalent(invocation.output, [
    ['mkdir', '-p', files.folder],
    ['mirrorform', 'plan', '--delete', ...sets, ...placeWords(given), '-o', files.plan],
  ])
  await refuseUnreadable(config, 'configuration')
  await makeWorkspace(files.folder)
  const args = applyArguments({ ...given, config, delete: true })
  const choice = await chooseTarget(args)
  const { plan, heldImages } = await planFor(args, choice, invocation)
  const text = encodePlan(plan)
  await writeDocument(files.plan, text, '--generate')
  await writeDocument(files.list, deleteListText(plan), '--generate')
  for (const path of config.slice(0, 1))
    await writeDocument(files.deleteSet, await readText(path, 'configuration'), '--generate')
  const { output, width } = invocation
  output.print(
    renderPlan(plan, {
      style: output.style,
      width,
      heldImages,
      statePath: choice.statePath,
      onlyDeletes: true,
      savedTo: files.plan,
    }),
  )
  tellNext(files, plan.summary.delete, destination, invocation)
  await output.document(text)
  return 0
}

function tellNext({ list }: DeleteFiles, deletes: number, destination: string, { output }: Invocation): void {
  const line = shellLine(['mirrorform', 'delete', '--delete-yaml-file', list, destination])
  const next = deletes === 0 ? '' : ` To delete what it lists: ${line}`
  output.print(`${countOf(deletes, 'image')} in ${list}.${next}`)
}

function applyPlanned(
  plan: string,
  common: Partial<WholeApplyArguments>,
  invocation: Invocation,
): Promise<number> {
  const { apply: applyWords, both } = commonWords(common)
  tellEquivalent(invocation.output, [
    ['mirrorform', 'apply', plan, ...word('--state', common.state), ...both, ...applyWords],
  ])
  return apply(applyArguments({ ...common, plan }), invocation)
}

function deleteListed(
  list: SourceFile,
  given: Partial<WholeApplyArguments>,
  invocation: Invocation,
): Promise<number> {
  const listed = parseDeleteList(list)
  const deletes: DeleteInput = {
    inputs: [{ path: list.path, digest: digestOf(list.text) }],
    select: ({ images }, { address }) => selectListed(listed, images, address),
  }
  invocation.output.note(
    'No plan of mirrorform belongs to this list: what of it the state owns is planned and deleted now.',
  )
  return apply(applyArguments({ ...given, deletes }), invocation)
}

/** The plan beside the list, where the list says exactly what the plan does. A list that was edited stands for itself. */
async function planThatWrote(list: string, text: string, to: string): Promise<string | undefined> {
  const path = planBeside(list)
  if (!existsSync(path)) return undefined
  const plan = decodePlan(await readText(path, 'plan'), path)
  if (formatTarget(plan.target) !== to)
    throw new UsageError(`${list} is for ${formatTarget(plan.target)}, not for ${to}; nothing was deleted`, {
      hint: `write ${formatTarget(plan.target)}`,
    })
  return deleteListText(plan) === text ? path : undefined
}

function placeWords(given: Partial<WholeApplyArguments>): readonly string[] {
  return [
    ...word('--to', given.to),
    ...word('--target', given.target),
    ...word('--state', given.state),
    ...(given.allowMassDelete ? ['--allow-mass-delete'] : []),
    ...commonWords(given).both,
  ]
}
