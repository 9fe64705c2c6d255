/** `archive inspect|verify|repair`: looks into an archive, proves it, and writes a volume of it again. */
import { UsageError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { countOf, formatBytes, printable, shellWord, wrap } from '../../lib/report/index.ts'
import {
  type ArchiveReport,
  fetchFrom,
  inspectArchive,
  openArchive,
  repairVolume,
  verifyArchive,
} from '../../providers/archive/index.ts'
import type { Command } from '../invocation.ts'
import { noteReading } from '../terminal/index.ts'
import { documentsOf } from '../wiring/archives/write-archive.ts'
import { openReading, type PlaceArguments } from '../wiring/places/open-places.ts'
import { readText } from '../wiring/read-text.ts'
import { hopOf } from '../wiring/target/open-hop.ts'
import { withRoute } from '../wiring/target/target-settings.ts'

export interface ArchiveArguments {
  readonly folder: string
  /** Further folders with volumes. */
  readonly volumes: readonly string[]
  readonly verifyKey?: string | undefined
}

export interface RepairArguments extends ArchiveArguments, PlaceArguments {
  readonly volume: string
  readonly plan?: string | undefined
}

export const inspect: Command<ArchiveArguments> = async (args, { output }) => {
  const found = inspectArchive(await open(args))
  const carried = found.images.filter(({ bytes }) => bytes > 0)
  const held = found.images.length - carried.length
  output.print(
    [
      `Archive ${found.id} for ${found.target}${found.isVerified ? ', its signature is right' : ''}`,
      ...found.volumes.map(
        ({ name, size, path }) => `  ${name}  ${formatBytes(size)}${path === undefined ? '  missing' : ''}`,
      ),
      `${countOf(carried.length, 'image')}, ${formatBytes(found.bytes)} in ${countOf(found.entries, 'blob')}:`,
      ...carried.map(
        ({ destination, bytes, assumed }) =>
          `  ${destination}  ${formatBytes(bytes)}${assumed > 0 ? `, ${countOf(assumed, 'blob')} expected at the target` : ''}`,
      ),
      ...(held > 0 ? [`${countOf(held, 'more image')} of the target, of which nothing is carried.`] : []),
      ...found.documents.map(({ kind, name, size }) => `${kind} ${name}  ${formatBytes(size)}`),
    ].join('\n'),
  )
  await output.document({ format: 'mirrorform-archive-inspection', version: 1, ...found })
  return 0
}

export const verify: Command<ArchiveArguments> = async (args, { output, width, progress, interrupts }) => {
  const archive = await open(args)
  const total = archive.contents.volumes.reduce((sum, { size }) => sum + size, 0)
  const onBytes = noteReading({ mode: progress, total, note: output.note })
  const report = await verifyArchive(archive, { signal: interrupts.soft.signal, onBytes })
  for (const line of reportLines(report, args.folder, width)) output.print(line)
  await output.document({ format: 'mirrorform-archive-verification', version: 1, ...report })
  return report.isGood ? 0 : 1
}

export const repair: Command<RepairArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  const archive = await open(args)
  const known = archive.contents.volumes.map(({ name }) => name)
  if (!known.includes(args.volume))
    throw new UsageError(`${archive.name} has no volume ${args.volume}`, {
      hint: `its volumes are ${known.join(', ')}`,
    })
  const plan = args.plan === undefined ? undefined : decodePlan(await readText(args.plan, 'plan'), args.plan)
  const via = await hopOf(plan?.route)
  const places = await openReading(withRoute(args, plan?.route), invocation, via)
  try {
    const more = await madeBytes(plan)
    const record = await repairVolume(
      archive,
      args.volume,
      fetchFrom(archive.contents, places.sources, more),
      { signal: interrupts.soft.signal },
    )
    output.print(`${record.name} was written again: ${formatBytes(record.size)}, the same as before.`)
    await output.document({ format: 'mirrorform-archive-repair', version: 1, volume: record })
    return 0
  } finally {
    await places.close()
  }
}

async function open({ folder, volumes, verifyKey }: ArchiveArguments) {
  return openArchive(folder, {
    folders: volumes,
    verifyKey: verifyKey === undefined ? undefined : await readText(verifyKey, 'key'),
  })
}

function reportLines(
  { isGood, volumes, bytesRead }: ArchiveReport,
  folder: string,
  width: number,
): readonly string[] {
  const all = countOf(volumes.length, 'volume')
  if (isGood)
    return wrap(`Verified: ${all} as archive.json says, ${formatBytes(bytesRead)} read and hashed.`, width)
  const bad = volumes.filter(({ condition }) => condition !== 'good')
  return [
    ...bad.flatMap(({ name, condition, problems, images, documents }) => [
      ...problemLines(`${name} is ${condition}`, problems, width),
      ...[...images, ...documents].map(item => `  ! ${item}`),
    ]),
    ...wrap(
      `${bad.length} of ${all} cannot be used. Carry again what is lost, or write it again where the images came from:`,
      width,
    ),
    ...bad.map(({ name }) => `  mirrorform archive repair ${shellWord(folder)} ${name}`),
  ]
}

/** Told of one volume; more would follow from the same cause. */
const TOLD_PROBLEMS = 3

function problemLines(said: string, [first = '', ...others]: readonly string[], width: number): string[] {
  const told = others.slice(0, TOLD_PROBLEMS - 1)
  const left = others.length - told.length
  return [
    ...wrap(printable(`${said}: ${first}`), width, 4),
    ...told.flatMap(problem => wrap(printable(`    ${problem}`), width, 2)),
    ...(left > 0 ? [`    … ${left} more: --json tells them`] : []),
  ]
}

/** What no registry has: the documents that travel along, and blobs that mirrorform made. */
async function madeBytes(plan: Plan | undefined): Promise<ReadonlyMap<Digest, Uint8Array>> {
  if (plan === undefined) return new Map()
  const documents = await documentsOf(plan)
  return new Map([
    ...plan.made,
    ...documents.map(({ bytes }): [Digest, Uint8Array] => [digestOf(bytes), bytes]),
  ])
}
