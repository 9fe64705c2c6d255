/** A plan for an archive, carried out: the volumes, with everything in them that the far side needs. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ApplyOptions } from '../../../lib/apply/context.ts'
import { type ApplyResult, type OpenShipment, shipPlan } from '../../../lib/apply/index.ts'
import type { ApplyRequest } from '../../../lib/apply/session.ts'
import { withoutAddressSecrets } from '../../../lib/config/index.ts'
import { messageOf, PlanError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { hasChanges, type Plan, type Shipment } from '../../../lib/plan/plan.ts'
import { encodePlan } from '../../../lib/plan/plan-file.ts'
import { formatBytes } from '../../../lib/report/index.ts'
import type { State } from '../../../lib/state.ts'
import {
  type ArchiveDocument,
  type ArchiveTarget,
  openArchive,
  openArchiveTarget,
} from '../../../providers/archive/index.ts'
import { readText } from '../read-text.ts'
import { largestManifestOf, receiverOf } from './shipping.ts'

/** @param signKey path of a PEM. @throws UsageError, PlanError, StateError, PlaceError */
export async function writeArchive(
  request: Omit<ApplyRequest, 'askedAt'>,
  shipment: Shipment,
  options: Omit<ApplyOptions, 'target'>,
  signKey: string | undefined,
): Promise<ApplyResult> {
  if (!hasChanges(request.plan)) return NOTHING_DONE
  const signingKey = signKey === undefined ? undefined : await readText(signKey, 'private key')
  const receive = await receiverOf(request.plan)
  const documents = await documentsOf(request.plan)
  await makeFolder(shipment.folder)
  return shipPlan({
    ...request,
    shipment,
    receive,
    open: farSide => open(request, shipment, farSide, { options, signingKey, documents }),
  })
}

/** An archive with nothing in it would only be carried for nothing. */
const NOTHING_DONE: ApplyResult = {
  results: [],
  done: 0,
  already: 0,
  failed: 0,
  interrupted: 0,
  blobsCopied: 0,
  blobsMounted: 0,
  bytesCopied: 0,
  ms: 0,
}

interface Opening {
  readonly options: Omit<ApplyOptions, 'target'>
  readonly signingKey: string | undefined
  readonly documents: readonly ArchiveDocument[]
}

async function open(
  { plan, planDigest }: Pick<ApplyRequest, 'plan' | 'planDigest'>,
  { folder, volumeSize, number, earlier }: Shipment,
  farSide: State,
  { options, signingKey, documents }: Opening,
): Promise<OpenShipment> {
  if (existsSync(path.join(folder, 'archive.json'))) {
    const { contents } = await openArchive(folder)
    if (contents.plan === planDigest) return { done: contents.id }
  }
  const target = await openArchiveTarget(folder, {
    target: plan.target,
    lineage: plan.lineage,
    plan: planDigest,
    volumeSize,
    largestManifest: largestManifestOf(plan),
    farSide,
    signingKey,
  })
  try {
    await refuseFull(target, folder, plan, options.signal)
  } catch (error) {
    await target.close()
    throw error
  }
  return {
    done: undefined,
    options: { ...options, target },
    finish: async shipped =>
      (await target.finish({ ...shipped, documents, round: { number, earlier } }, options.signal)).id,
    close: () => target.close(),
  }
}

/**
 * The plan, and the image sets it was made from, as far as they are as they were; what is secret in addresses stays here.
 */
export async function documentsOf(plan: Plan): Promise<readonly ArchiveDocument[]> {
  const imageSets = await Promise.all(
    plan.inputs.map(async (input): Promise<readonly ArchiveDocument[]> => {
      const bytes = await readFile(input.path).catch(() => undefined)
      if (bytes === undefined || digestOf(bytes) !== input.digest) return []
      return [{ kind: 'imageset', name: path.basename(input.path), bytes: shippable(bytes) }]
    }),
  )
  return [
    { kind: 'plan', name: 'archive.plan.json', bytes: Buffer.from(encodePlan(plan)) },
    ...imageSets.flat(),
  ]
}

/** The bytes as they are, where nothing in them is secret. */
function shippable(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString()
  const shown = withoutAddressSecrets(text)
  return shown === text ? bytes : Buffer.from(shown)
}

/** The folder itself, but none above it: a medium that is not mounted is not taken for a new folder. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(folder).catch((cause: unknown) => {
    throw new PlanError(`cannot make the folder ${folder} for the archive: ${messageOf(cause)}`, {
      hint: 'check that the medium is mounted, and that the folder above can be written',
      cause,
    })
  })
}

/** What an earlier run of the same plan wrote need not be written again. */
async function refuseFull(
  target: ArchiveTarget,
  folder: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.tar'))
  const sizes = await Promise.all(names.map(async name => (await stat(path.join(folder, name))).size))
  const left = plan.summary.bytesToTransfer - sizes.reduce((sum, size) => sum + size, 0)
  const free = await target.freeBytes(signal)
  if (free === undefined || free >= left) return
  throw new PlanError(
    `${folder} has not enough space for the archive: ${formatBytes(left)} are to be written, ${formatBytes(free)} are free`,
    { hint: 'free some space on that disk, or plan again into another folder, or for less with --only' },
  )
}
