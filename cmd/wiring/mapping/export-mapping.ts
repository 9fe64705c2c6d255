/** `--export-mapping` and `--export-missing`: what a plan or a state is about, as lines that other tools read. */
import { resolve } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'
import type { ImageContent, ManifestStore } from '../../../lib/graph/graph.ts'
import type { Plan } from '../../../lib/plan/plan.ts'
import { countOf } from '../../../lib/report/index.ts'
import { type MappingLines, mappingLines, refuseUnnamed } from '../../../lib/report/mapping-lines.ts'
import type { State } from '../../../lib/state.ts'
import type { TargetAddress } from '../../../lib/target.ts'
import { checkDocumentPath, type Output, writeDocument } from '../../terminal/index.ts'

export interface ExportArguments {
  readonly exportMapping?: string | undefined
  readonly exportMissing?: string | undefined
}

const OPTIONS = { exportMapping: '--export-mapping', exportMissing: '--export-missing' } as const

/** Asked before long work. @param read mapping files of this plan. @throws UsageError for one of them, or a target that is a folder; MirrorformError */
export async function checkExports(
  args: ExportArguments,
  target: TargetAddress,
  read: readonly string[],
): Promise<void> {
  if ((args.exportMapping ?? args.exportMissing) !== undefined) refuseUnnamed(target)
  refuseSameFile(args, read)
  if (args.exportMapping !== undefined) await checkDocumentPath(args.exportMapping, OPTIONS.exportMapping)
  if (args.exportMissing !== undefined) await checkDocumentPath(args.exportMissing, OPTIONS.exportMissing)
}

/** Comments and wildcards of a mapping file would be lost without a word. */
function refuseSameFile({ exportMapping, exportMissing }: ExportArguments, read: readonly string[]): void {
  const before = new Map(read.map(path => [resolve(path), 'the mappings']))
  for (const [option, path] of [
    [OPTIONS.exportMapping, exportMapping],
    [OPTIONS.exportMissing, exportMissing],
  ] as const) {
    if (path === undefined) continue
    if (path === '-')
      throw new UsageError(`${option} names no file: stdout has the plan`, { hint: `${option} mapping.txt` })
    const other = before.get(resolve(path))
    if (other !== undefined)
      throw new UsageError(`${path} is the file of ${other} already`, {
        hint: `${option} writes another file`,
      })
    before.set(resolve(path), option)
  }
}

/** @param desired everything the plan is about. @throws UsageError for a target without a host, MirrorformError */
export async function exportPlan(
  { exportMapping, exportMissing }: ExportArguments,
  plan: Plan,
  desired: ManifestStore & { readonly images: readonly ImageContent[] },
  output: Output,
): Promise<void> {
  const { target } = plan
  if (exportMapping !== undefined)
    await write(exportMapping, mappingLines(target, desired.images, desired), OPTIONS.exportMapping, output)
  if (exportMissing !== undefined)
    await write(exportMissing, mappingLines(target, missingOf(plan), plan), OPTIONS.exportMissing, output)
}

/** @throws UsageError for what a file without its target cannot tell */
export async function exportShown(
  { exportMapping, exportMissing }: ExportArguments,
  shown: { readonly plan: Plan } | { readonly state: State },
  output: Output,
): Promise<void> {
  if ('plan' in shown && exportMapping !== undefined)
    throw new UsageError('a plan does not list the images that stay as they are', {
      hint: 'write them while planning, `mirrorform plan --export-mapping FILE`, or from the state: `mirrorform show STATE --export-mapping FILE`',
    })
  if ('state' in shown && exportMissing !== undefined)
    throw new UsageError('a state does not know what is missing at its target', {
      hint: 'plan, and write it then: `mirrorform plan --export-missing FILE`',
    })
  if ('plan' in shown) return exportPlan({ exportMissing }, shown.plan, { ...shown.plan, images: [] }, output)
  const { target, images } = shown.state
  if (exportMapping !== undefined)
    await write(exportMapping, mappingLines(target, images, shown.state), OPTIONS.exportMapping, output)
}

/** What the plan brings: absent, moved, or damaged at the target. */
function missingOf({ changes }: Plan): readonly ImageContent[] {
  return changes.flatMap(({ action, image }) =>
    action === 'add' || action === 'move' || action === 'repair' ? [image] : [],
  )
}

async function write(path: string, lines: MappingLines, option: string, output: Output): Promise<void> {
  await writeDocument(path, lines.text, option)
  output.note(`${countOf(lines.images, 'mapping')} in ${path}.`)
  if (lines.made > 0)
    output.note(
      `${countOf(lines.made, 'image')} in ${path} as comments: mirrorform puts them together itself.`,
    )
  if (lines.chosen > 0)
    output.note(
      `${countOf(lines.chosen, 'image')} in ${path} of which only some platforms are wanted: a line copies all of them.`,
    )
}
