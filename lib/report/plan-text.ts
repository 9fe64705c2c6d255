/**
 * A plan as a person reviews it in a terminal: what it changes where, groups with their bytes, then notes, moves and
 * deletes, then the totals and what to do next.
 *
 * Whatever the size of the plan, the default stays within `PLAN_LINES` lines: long lists share the room that is left
 * and end in the command that shows the rest. Same plan, same width, same text.
 */
import { hasChanges, type Plan, type PlanSource, type StoredKind, type Summary } from '../plan/plan.ts'
import { printable, visibleWidth, wrap } from './fit.ts'
import { entriesShown } from './listing.ts'
import { shellWord, targetName } from './naming.ts'
import { gatherPlan } from './plan-groups.ts'
import { groupBlocks, groupLines } from './plan-groups-text.ts'
import { planSections } from './plan-lists.ts'
import { sectionLines } from './plan-section.ts'
import { type PlanRendering, viewOf } from './plan-view.ts'
import { countOf, formatBytes, formatCount } from './quantities.ts'

/** What fits on one screen of most terminals (design: "within about 40 lines whatever the size"). */
export const PLAN_LINES = 40

/** Lines without a final line feed. */
export function renderPlan(plan: Plan, rendering: PlanRendering): string {
  const view = viewOf(plan, rendering)
  const gathered = gatherPlan(plan)
  const changing = hasChanges(plan)
  const above = changing ? headerLines(plan, rendering) : noChangeLines(plan, rendering)
  const closing = [
    ...(changing ? totalLines(plan, rendering) : []),
    ...(changing || isOfArchives(plan) ? nextLines(rendering) : []),
  ]
  const below = closing.length > 0 ? ['', ...closing] : []
  const blocks = groupBlocks(gathered, view)
  const sections = planSections(gathered, view)
  const room = PLAN_LINES - above.length - below.length - (blocks.length > 0 ? 1 : 0)
  const shown = entriesShown([...blocks, ...sections], room)
  return [
    ...above,
    ...(blocks.length > 0 ? [''] : []),
    ...groupLines(blocks, shown, view),
    ...sections.flatMap((section, at) => sectionLines(section, shown[blocks.length + at] ?? 0, view)),
    ...below,
  ].join('\n')
}

function headerLines(plan: Plan, rendering: PlanRendering): readonly string[] {
  const { style, statePath, heldImages, width } = rendering
  const target = targetName(plan.target)
  const facts = [
    ...(statePath === undefined
      ? []
      : [`${plan.lineage === undefined ? 'new state' : 'state'} ${printable(statePath)}`]),
    ...(heldImages === undefined ? [] : [`${countOf(heldImages, 'image')} held`]),
  ].join(', ')
  const { shipment } = plan
  const title =
    shipment === undefined
      ? `mirrorform will change ${target}`
      : `mirrorform will write an archive for ${target} to ${printable(shipment.folder)}`
  const state = facts === '' ? '' : `(${facts})`
  const oneLine = `${title}   ${state}`.trimEnd()
  const lines =
    visibleWidth(oneLine) <= width ? [oneLine] : [...wrap(title, width, 2), ...wrap(`  ${state}`, width, 1)]
  return [
    ...lines.map(line => line.replace(target, () => style.strong(target))),
    ...carryingLines(plan, width),
    ...scopeLines(plan, rendering),
  ]
}

/** Applied also where it changes nothing: the receipt says that the archives arrived. */
function isOfArchives({ from = [] }: Plan): boolean {
  return from.some(source => !('tool' in source))
}

/** `/media/disc (archive 3)`, `/media/disc (archive of oc-mirror v2)` */
function sourceText(source: PlanSource): string {
  const { folder } = source
  if (!('tool' in source))
    return source.record === undefined ? folder : `${folder} (archive ${source.record.number})`
  const files = source.files === undefined ? '' : `/${source.files.join(', ')}`
  return `${folder}${files} (${STORED_NAMES[source.tool]})`
}

const STORED_NAMES: Readonly<Record<StoredKind, string>> = {
  'oc-mirror-v2': 'archive of oc-mirror v2',
  'oc-mirror-v1': 'archive of oc-mirror v1',
  'image-mirror': 'folder of oc image mirror',
  'registry-storage': 'storage of a registry',
  'oci-layout': 'OCI layout',
}

/** From where or as what it is carried. */
function carryingLines({ from = [], shipment }: Plan, width: number): readonly string[] {
  const read = from.map(sourceText)
  const { number, volumeSize, against } = shipment ?? {}
  const known = against === undefined ? '' : `, against the receipt ${against.path}`
  return [
    ...(read.length === 0 ? [] : wrap(`  images come from ${printable(read.join(', '))}`, width, 2)),
    ...(number === undefined || volumeSize === undefined
      ? []
      : wrap(
          `  archive ${number}, in volumes of at most ${formatBytes(volumeSize)}${printable(known)}`,
          width,
          2,
        )),
  ]
}

/** What narrows or widens the plan beyond its image set, so that a reviewer does not miss it. */
function scopeLines(plan: Plan, { width, style }: PlanRendering): readonly string[] {
  const { only, exclude, refresh, destroy, allowMassDelete } = plan.options
  const flags = [
    ...only.map(glob => `--only ${shellWord(glob)}`),
    ...exclude.map(glob => `--exclude ${shellWord(glob)}`),
    ...(refresh ? [] : ['--refresh=false']),
    ...(destroy ? ['--destroy'] : []),
    ...(allowMassDelete ? ['--allow-mass-delete'] : []),
  ]
  if (flags.length === 0) return []
  return wrap(`  planned with ${printable(flags.join(' '))}`, width, 2).map(style.warning)
}

function noChangeLines(plan: Plan, rendering: PlanRendering): readonly string[] {
  const target = targetName(plan.target)
  const images = countOf(plan.summary.keep, 'image')
  const { destroy, refresh, only, exclude } = plan.options
  const wanted = only.length + exclude.length > 0 ? 'the plan was narrowed to' : 'that is asked for'
  const source = plan.from === undefined ? wanted : wanted.replace('that is asked for', 'the archive brings')
  const isWhole = plan.incomplete === undefined && plan.missing === undefined
  const asked = isWhole ? source : `${source} and that can be had`
  const shipped = `No changes. By its state, ${target} holds or was shipped everything ${asked} (${images}).`
  if (plan.shipment !== undefined) return [...wrap(shipped, rendering.width), ...scopeLines(plan, rendering)]
  const text = destroy
    ? `No changes. The state holds nothing that could be removed from ${target}.`
    : rendering.onlyDeletes
      ? `No changes. Nothing is deleted from ${target}.`
      : refresh
        ? `No changes. ${target} holds everything ${asked} (${images}).`
        : `No changes. By its state, ${target} holds everything ${asked} (${images}); it was not asked itself.`
  return [
    ...wrap(text, rendering.width),
    ...carryingLines(plan, rendering.width),
    ...scopeLines(plan, rendering),
  ]
}

const TOTALS = [
  ['add', 'to add'],
  ['adopt', 'to adopt'],
  ['move', 'to move'],
  ['repair', 'to repair'],
  ['delete', 'to delete'],
  ['forget', 'to forget'],
  ['keep', 'unchanged'],
] as const satisfies readonly (readonly [keyof Summary, string])[]

/** `Plan: 199 to add, 1 to move, 11 to delete, 1,272 unchanged. 3.5 GiB to copy in 412 blobs.` */
export function totalsText(summary: Summary): string {
  const counts = TOTALS.filter(([key]) => summary[key] > 0)
    .map(([key, text]) => `${formatCount(summary[key])} ${text}`)
    .join(', ')
  const { bytesToTransfer, blobsToTransfer } = summary
  const copy =
    blobsToTransfer === 0
      ? 'No blobs to copy.'
      : `${formatBytes(bytesToTransfer)} to copy in ${countOf(blobsToTransfer, 'blob')}.`
  return `Plan: ${counts === '' ? 'nothing to do' : counts}. ${copy}`
}

function totalLines(plan: Plan, { style, width }: PlanRendering): readonly string[] {
  const deletes = `${formatCount(plan.summary.delete)} to delete`
  return wrap(totalsText(plan.summary), width).map(line =>
    line.replace(deletes, () => style.removed(deletes)),
  )
}

function nextLines({ savedTo, shownFrom, width }: PlanRendering): readonly string[] {
  if (savedTo !== undefined) {
    const path = shellWord(savedTo)
    return wrap(`Saved to ${path}. Review it, commit it, then run: mirrorform apply ${path}`, width)
  }
  return shownFrom === undefined
    ? []
    : wrap(`To carry it out, run: mirrorform apply ${shellWord(shownFrom)}`, width)
}
