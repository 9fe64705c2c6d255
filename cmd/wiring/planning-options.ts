/** What only means something while planning: with a plan file it would be passed over in silence. */
import { UsageError } from '../../lib/errors.ts'
import type { MakePlanArguments } from './plan-for.ts'

interface PlanningArguments extends MakePlanArguments {
  readonly resources?: string | undefined
}

const PLANNING: readonly (readonly [option: string, isAsked: (args: PlanningArguments) => boolean])[] = [
  ['-c', args => args.config !== undefined],
  ['--to', args => args.to !== undefined],
  ['--for', args => args.for !== undefined],
  ['--target', args => args.target !== undefined],
  ['--mapping', args => args.mapping !== undefined],
  ['--from', args => args.from.length > 0],
  ['--only', args => args.only.length > 0],
  ['--exclude', args => args.exclude.length > 0],
  ['--destroy', args => args.destroy],
  ['--delete', args => args.delete ?? false],
  ['--skip-deletes', args => args.skipDeletes],
  ['--create-projects', args => args.createProjects],
  ['--allow-mass-delete', args => args.allowMassDelete],
  ['--refresh=false', args => !args.refresh],
  ['--max-nested-paths', args => args.maxNestedPaths !== undefined && args.resources === undefined],
  ['--platform-index', args => args.platformIndex !== undefined],
  ['--sparse-index', args => args.sparseIndex !== 'auto'],
  ['--signatures', args => args.signatures !== undefined],
  ['--inputs', args => args.inputs !== undefined],
  ['--conditional-updates', args => args.conditionalUpdates !== undefined],
  ['--operator-selection', args => args.operatorSelection !== undefined],
  ['--allow-missing-packages', args => args.allowMissingPackages ?? false],
  ['--carry-charts', args => args.carryCharts === true],
  ['--helm-binary', args => args.helmBinary !== undefined],
  ['--ignore-release-signature', args => args.ignoreReleaseSignature],
  ['--graph-data-base-image', args => args.graphDataBaseImage !== undefined],
  ['--graph-data-url', args => args.graphDataUrl !== undefined],
  ['--volume-size', args => args.volumeSize !== undefined],
  ['--assume', args => args.assume !== undefined],
  ['--against', args => args.against !== undefined],
  ['--shopping-list', args => args.shoppingList !== undefined],
  ['--verify-key', args => args.verifyKey !== undefined],
]

/** @throws UsageError naming the first of them */
export function refusePlanning(args: PlanningArguments): void {
  const [asked] = PLANNING.filter(([, isAsked]) => isAsked(args))
  if (asked === undefined) return
  throw new UsageError(`a plan file and ${asked[0]} exclude each other`, {
    hint: 'a plan says itself what is done where; apply it alone, or plan again',
  })
}
