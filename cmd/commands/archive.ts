/** `archive inspect|verify|repair`: looks into an archive, proves it, and writes a volume of it again. */
import { UsageError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { countOf, formatBytes } from '../../lib/report/index.ts'
import {
  type ArchiveReport,
  fetchFrom,
  inspectArchive,
  openArchive,
  repairVolume,
  verifyArchive,
} from '../../providers/archive/index.ts'
import type { Command } from '../invocation.ts'
import { openReading, type PlaceArguments } from '../wiring/open-places.ts'
import { readText } from '../wiring/read-text.ts'
import { documentsOf } from '../wiring/write-archive.ts'

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

export const verify: Command<ArchiveArguments> = async (args, { output, interrupts }) => {
  const report = await verifyArchive(await open(args), { signal: interrupts.soft.signal })
  for (const line of reportLines(report)) output.print(line)
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
  const places = await openReading(args, invocation)
  try {
    const more = await madeBytes(args.plan)
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

function reportLines({ isGood, volumes, bytesRead }: ArchiveReport): readonly string[] {
  const bad = volumes.filter(({ condition }) => condition !== 'good')
  return [
    ...bad.flatMap(({ name, condition, problems, images, documents }) => [
      `${name} is ${condition}: ${problems.join('; ')}`,
      ...[...images, ...documents].map(item => `  ! ${item}`),
    ]),
    isGood
      ? `Verified: ${countOf(volumes.length, 'volume')} as archive.json says, ${formatBytes(bytesRead)} read and hashed.`
      : `${bad.length} of ${countOf(volumes.length, 'volume')} cannot be used as they are. Carry them again, or run: mirrorform archive repair`,
  ]
}

/** What no registry has: the documents that travel along, and blobs that mirrorform made. */
async function madeBytes(path: string | undefined): Promise<ReadonlyMap<Digest, Uint8Array>> {
  if (path === undefined) return new Map()
  const plan = decodePlan(await readText(path, 'plan'), path)
  const documents = await documentsOf(plan)
  return new Map([
    ...plan.made,
    ...documents.map(({ bytes }): [Digest, Uint8Array] => [digestOf(bytes), bytes]),
  ])
}
