/**
 * `--all`: the same command for every target of a kind: Mirror file, each after the one it is via, because that one says what
 * can be read there. What goes wrong with one target is told, and the others go on.
 */
import { inOrderOfHops, type MirrorTarget } from '../../../lib/config/index.ts'
import { messageOf, UsageError } from '../../../lib/errors.ts'
import { renderTargets, type TargetRow } from '../../../lib/report/index.ts'
import { errorDocument, exitCodeOf } from '../../failure.ts'
import type { Invocation } from '../../invocation.ts'
import { findMirrorFile } from './choose-target.ts'
import type { TargetArguments } from './target-arguments.ts'

export interface AllArguments extends TargetArguments {
  readonly all: boolean
  readonly markdown?: boolean | undefined
}

export interface TargetOutcome {
  readonly exitCode: number
  /** One line for the table. */
  readonly told: string
  /** What the command prints with `--json` for one target. */
  readonly document: unknown
}

/** Options that mean one target, or name one file. */
const FOR_ONE: Readonly<Record<string, string>> = {
  to: '--to',
  target: '--target',
  for: '--for',
  state: '--state',
  plan: 'a plan file',
  from: '--from',
  against: '--against',
  mapping: '--mapping',
  delete: '--delete',
  shoppingList: '--shopping-list',
  writePinned: '--write-pinned',
  resources: '--resources',
  receipt: '--receipt',
  exportMapping: '--export-mapping',
  exportMissing: '--export-missing',
  exportPruningPlan: '--export-pruning-plan',
}

/**
 * @param work plans, or plans and applies, one target
 * @returns 1 where a target ended with an error, else the highest exit code
 * @throws UsageError, ConfigError; InterruptedError when the user ends it
 */
export async function runForAll(
  command: 'plan' | 'apply',
  args: AllArguments,
  invocation: Invocation,
  work: (target: MirrorTarget) => Promise<TargetOutcome>,
): Promise<number> {
  const { output, width } = invocation
  refuseForOne(args)
  const targets = inOrderOfHops((await findMirrorFile(args)).targets)
  const done: { readonly target: MirrorTarget; readonly outcome: TargetOutcome }[] = []
  for (const target of targets) {
    output.print(args.markdown ? `## ${target.name}\n` : output.style.strong(`Target ${target.name}`))
    done.push({ target, outcome: await outcomeOf(() => work(target), invocation) })
    output.print('')
  }
  const rows = done.map(({ target, outcome }) => rowOf(target, outcome))
  output.print(renderTargets(rows, { style: output.style, width, markdown: args.markdown }))
  await output.document({
    format: `mirrorform-${command}-all`,
    version: 1,
    targets: done.map(({ target: { name, via }, outcome: { exitCode, document } }) => ({
      name,
      ...(via !== undefined && { via }),
      exitCode,
      result: document,
    })),
  })
  const codes = done.map(({ outcome }) => outcome.exitCode)
  return codes.includes(1) ? 1 : Math.max(...codes)
}

async function outcomeOf(
  work: () => Promise<TargetOutcome>,
  { output, interrupts }: Invocation,
): Promise<TargetOutcome> {
  try {
    return await work()
  } catch (error) {
    if (interrupts.soft.signal.aborted || exitCodeOf(error) === 130) throw error
    output.error(error)
    return { exitCode: 1, told: messageOf(error), document: errorDocument(error) }
  }
}

function rowOf({ name, via }: MirrorTarget, { told, exitCode }: TargetOutcome): TargetRow {
  return { name, ...(via !== undefined && { via }), told, isFailed: exitCode === 1 }
}

/** @throws UsageError naming the first of them */
function refuseForOne(args: AllArguments): void {
  const given = Object.entries(FOR_ONE).find(([key]) => {
    const value = Object.hasOwn(args, key) ? args[key as keyof AllArguments] : undefined
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
  })
  if (given === undefined) return
  throw new UsageError(`--all and ${given[1]} exclude each other`, {
    hint: `--all is every target of the kind: Mirror file, each with its own state; name one with --target to use ${given[1]}`,
  })
}
