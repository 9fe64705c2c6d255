/**
 * Plan <-> the text of a plan file (design: docs/file-formats.md, "Plan").
 *
 * The file is what a person reviews and what apply executes, so its last line is the digest of all the others: a plan
 * somebody edited is refused instead of executed.
 */
import { PlanError, SyntaxFault } from '../errors.ts'
import { type Field, type Json, readSeal } from '../files/canonical-json.ts'
import { decodeImage, decodeStore, decodeTarget, encodeImage, storeFields } from '../files/content-json.ts'
import { decodeFile, type FileKind, sealFile } from '../files/file-kind.ts'
import { type JsonPart, readText } from '../files/json-part.ts'
import { sortedByKey } from '../files/reachable.ts'
import type { Digest } from '../oci/digest.ts'
import { formatTarget } from '../target.ts'
import { carryingFields, decodeCarrying } from './carrying-json.ts'
import { decodeChange, encodeChange } from './change-json.ts'
import { decodeIncomplete, encodeIncomplete } from './incomplete-json.ts'
import { decodeDocument, decodeMadeBlob, encodeDocument, encodeMadeBlob } from './kept-bytes-json.ts'
import { isDestructive, type Plan, type PlanInput, type PlanOptions, type Summary } from './plan.ts'
import { decodeRoute, routeFields } from './route-json.ts'
import { decodeSelection, encodeSelection } from './selection-json.ts'

export const PLAN_FILE: FileKind = {
  format: 'mirrorform-plan',
  version: 1,
  noun: 'plan',
  advice: 'plan again: mirrorform plan -o FILE writes a new one',
  Fault: PlanError,
}

/** The same plan always gives the same bytes. */
export function encodePlan(plan: Plan): string {
  return sealFile(PLAN_FILE, planFields(plan)).text
}

/** What the last line of the plan's file says: the sha256 of the file's bytes without that line. */
export function planDigest(plan: Plan): Digest {
  return sealFile(PLAN_FILE, planFields(plan)).digest
}

/**
 * @param name the file's path, for messages
 * @throws PlanError when it is no plan, is of another version, or was changed after it was made
 */
export function decodePlan(text: string, name: string): Plan {
  const lines = text.replaceAll('\r\n', '\n')
  return decodeFile(PLAN_FILE, lines, name, root => {
    refuseEdited(lines, name)
    const target = decodeTarget(root.field('target'))
    const projects = root.field('projects').listOrEmpty(readText)
    const incomplete = root.field('incomplete').listOrEmpty(decodeIncomplete)
    const takenOver = root.field('takenOver').listOrEmpty(part => decodeImage(target, part))
    return {
      target,
      lineage: unlessNull(root.field('lineage'), part => part.filledText()),
      stateRevision: unlessNull(root.field('stateRevision'), part => part.digest()),
      statePath: root.field('statePath').text(),
      inputs: root.field('inputs').list(decodeInput),
      options: decodeOptions(root.field('options')),
      summary: decodeSummary(root.field('summary')),
      selections: root.field('selections').listOrEmpty(decodeSelection),
      ...decodeRoute(root),
      ...decodeCarrying(target, root),
      ...(projects.length > 0 && { projects }),
      ...(incomplete.length > 0 && { incomplete }),
      ...(takenOver.length > 0 && { takenOver }),
      changes: root.field('changes').list(part => decodeChange(target, part)),
      ...decodeStore(root),
      documents: root.field('documents').listOrEmpty(decodeDocument),
      made: new Map(root.field('made').listOrEmpty(decodeMadeBlob)),
      notes: root.field('notes').list(readText),
    }
  })
}

function planFields(plan: Plan): readonly Field[] {
  return [
    { key: 'target', value: formatTarget(plan.target) },
    { key: 'lineage', value: plan.lineage ?? null },
    { key: 'stateRevision', value: plan.stateRevision ?? null },
    { key: 'statePath', value: plan.statePath },
    { key: 'inputs', entities: plan.inputs.map(({ path, digest }) => ({ path, digest })) },
    { key: 'options', value: encodeOptions(plan.options) },
    { key: 'destructive', value: isDestructive(plan) },
    { key: 'summary', value: encodeSummary(plan.summary) },
    ...routeFields(plan),
    ...carryingFields(plan),
    ...unlessNone('selections', plan.selections.map(encodeSelection)),
    ...unlessNone('projects', plan.projects ?? []),
    ...unlessNone('incomplete', (plan.incomplete ?? []).map(encodeIncomplete)),
    ...unlessNone(
      'takenOver',
      (plan.takenOver ?? []).map(image => encodeImage(plan.target, image)),
    ),
    { key: 'changes', entities: plan.changes.map(change => encodeChange(plan.target, plan, change)) },
    ...storeFields(plan),
    ...unlessNone('documents', plan.documents.map(encodeDocument)),
    ...unlessNone('made', Array.from(sortedByKey(plan.made), encodeMadeBlob)),
    { key: 'notes', entities: plan.notes },
  ]
}

/** What few plans have is left out of the others. */
function unlessNone(key: string, entities: readonly Json[]): readonly Field[] {
  return entities.length === 0 ? [] : [{ key, entities }]
}

function refuseEdited(text: string, name: string): void {
  const seal = readSeal(text)
  if (seal === undefined)
    throw new SyntaxFault(
      'the digest that ends a plan is missing: the file was cut short, edited or reformatted',
    )
  if (seal.stated !== seal.actual)
    throw new PlanError(`${name} was changed after it was made: its digest does not match its content`, {
      hint: 'a plan is executed exactly as it was reviewed, so change the image set instead and plan again',
    })
}

function decodeInput(part: JsonPart): PlanInput {
  return { path: part.field('path').text(), digest: part.field('digest').digest() }
}

function encodeOptions(options: PlanOptions): Json {
  const { refresh, only, exclude, destroy, allowMassDelete } = options
  return { refresh, only, exclude, destroy, allowMassDelete } satisfies PlanOptions
}

function decodeOptions(part: JsonPart): PlanOptions {
  return {
    refresh: part.field('refresh').flag(),
    only: part.field('only').list(readText),
    exclude: part.field('exclude').list(readText),
    destroy: part.field('destroy').flag(),
    allowMassDelete: part.field('allowMassDelete').flag(),
  }
}

function encodeSummary(summary: Summary): Json {
  return Object.fromEntries(Object.entries(readSummary(key => summary[key])))
}

function decodeSummary(part: JsonPart): Summary {
  return readSummary(key => part.field(key).count())
}

/** The members of a summary in the order of the file. */
function readSummary(read: (key: keyof Summary) => number): Summary {
  return {
    add: read('add'),
    adopt: read('adopt'),
    move: read('move'),
    repair: read('repair'),
    keep: read('keep'),
    delete: read('delete'),
    forget: read('forget'),
    bytesToTransfer: read('bytesToTransfer'),
    blobsToTransfer: read('blobsToTransfer'),
    bytesMounted: read('bytesMounted'),
    bytesPresent: read('bytesPresent'),
    bytesReclaimable: read('bytesReclaimable'),
  }
}

function unlessNull<T>(part: JsonPart, read: (part: JsonPart) => T): T | undefined {
  return part.value === null ? undefined : read(part)
}
