/** The far side's receipt: written after an apply, beside the state, to be carried back. */

import { readFile } from 'node:fs/promises'
import { type ApplyResult, withState } from '../../../lib/apply/index.ts'
import { messageOf, ReceiptError } from '../../../lib/errors.ts'
import { stillAwaited } from '../../../lib/files/fold.ts'
import { encodeReceipt } from '../../../lib/files/receipt-file.ts'
import { withoutNotHeld } from '../../../lib/plan/not-held.ts'
import type { ArchiveSource, Plan, PlanSource } from '../../../lib/plan/plan.ts'
import type { ArchiveRecord, State, StateStore } from '../../../lib/state.ts'
import { type Destination, destinationKey, formatDestination } from '../../../lib/target.ts'
import { isSignedBy, openArchive, readKey, signBytes } from '../../../providers/archive/index.ts'
import { replaceFile } from '../../../state/index.ts'
import { checkDocumentPath, writeDocument } from '../../terminal/index.ts'
import { readText } from '../read-text.ts'
import { planIn } from './open-carried.ts'

/** `enc1.state.json` → `enc1.receipt.json` */
export function receiptPathOf(statePath: string): string {
  return `${statePath.replace(/(\.state)?\.json$/, '')}.receipt.json`
}

/** Asked before long work, so that its result can be signed and told. @throws UsageError, MirrorformError */
export async function checkReceiptOptions(
  path: string | undefined,
  signKey: string | undefined,
): Promise<void> {
  if (path !== undefined) await checkDocumentPath(path, '--receipt')
  if (signKey !== undefined) readKey(await readText(signKey, 'private key'), 'private')
}

/**
 * Takes archives that were imported as a whole into the state; of the newest there ever was also what it speaks of and did not
 * bring, which older ones may still bring.
 */
export async function recordArchives(store: StateStore, from: readonly PlanSource[]): Promise<void> {
  const brought = from.flatMap(source =>
    'record' in source && source.record !== undefined ? [{ ...source, record: source.record }] : [],
  )
  const [newest] = brought.toSorted((a, b) => b.record.number - a.record.number)
  if (newest === undefined) return
  const spoken = await spokenOf(newest)
  const records = await Promise.all(brought.map(withReading))
  await withState(
    store,
    'apply',
    () => {},
    async loaded => {
      if (loaded === undefined) return
      const { state } = loaded
      const before = state.archives ?? []
      const isNewest = before.every(({ number }) => number <= newest.record.number)
      const held = new Set(state.images.map(({ destination }) => destinationKey(destination)))
      const { awaited: _, ...rest } = state
      await store.write({
        ...rest,
        ...stillAwaited(isNewest ? { awaited: spoken } : state, held),
        archives: merged(before, records),
      })
    },
  )
}

/** Nothing where the medium is gone by now: then older archives bring nothing until it is imported again. */
async function spokenOf({ folder }: ArchiveSource): Promise<readonly Destination[]> {
  const archive = await openArchive(folder).catch(() => undefined)
  return archive?.contents.images.map(({ destination }) => destination) ?? []
}

/** With what the archive's own plan says of where its images were read; without that where the medium is gone by now. */
async function withReading({
  folder,
  record,
}: Pick<ArchiveSource, 'folder'> & { readonly record: ArchiveRecord }): Promise<ArchiveRecord> {
  const plan = await openArchive(folder)
    .then(planIn)
    .catch(() => undefined)
  const readAt = plan?.route?.via?.target
  return { ...record, ...(readAt !== undefined && { readAt }) }
}

/**
 * @param done the plan that was carried out, and what became of it
 * @param signKey path of a PEM: the signature is written beside the receipt
 */
export async function writeReceipt(
  store: StateStore,
  path: string,
  done: { readonly plan: Plan; readonly result: ApplyResult },
  signKey: string | undefined,
): Promise<void> {
  const loaded = await store.read()
  if (loaded === undefined) return
  const gone = stillGone(done.plan, done.result, loaded.state)
  const text = encodeReceipt({ ...loaded, state: withoutNotHeld(loaded.state, gone) })
  const key = signKey === undefined ? undefined : await readText(signKey, 'private key')
  const signature = key === undefined ? undefined : signBytes(Buffer.from(text), key)
  await writeDocument(path, text, '--receipt')
  if (signature !== undefined) await replaceFile(`${path}.sig`, signature)
}

/**
 * What the state has, and the target was found to have lost: to be repaired, which could not be done. The state still owns
 * it; a receipt that told it as held would let the near side count on it for good.
 */
function stillGone(plan: Plan, { results }: ApplyResult, state: State): readonly Destination[] {
  const owned = new Map(state.images.map(image => [destinationKey(image.destination), image.digest]))
  const missing = plan.missing?.filter(
    ({ destination, digest }) => owned.get(destinationKey(destination)) === digest,
  )
  const undone = new Set(
    results.flatMap(({ destination, outcome }) =>
      outcome === 'failed' || outcome === 'interrupted' ? [destination] : [],
    ),
  )
  const unrepaired = plan.changes.filter(
    ({ action, image }) =>
      action === 'repair' && undone.has(formatDestination(plan.target, image.destination)),
  )
  return [...(missing ?? []), ...unrepaired.map(({ image }) => image)].map(({ destination }) => destination)
}

/** @throws ReceiptError unless the owner of the key signed the receipt */
export async function checkReceipt(path: string, text: string, verifyKey: string): Promise<void> {
  const key = await readText(verifyKey, 'key')
  const signature = await readFile(`${path}.sig`).catch((cause: unknown) => {
    throw new ReceiptError(`${path} is not signed: cannot read ${path}.sig: ${messageOf(cause)}`, {
      hint: 'carry the signature too; `mirrorform apply --sign-key KEY.pem` writes it',
      cause,
    })
  })
  if (isSignedBy(Buffer.from(text), signature, key)) return
  throw new ReceiptError(`${path}.sig is not a signature of the receipt by the owner of ${verifyKey}`, {
    hint: 'the receipt was changed after it was signed, or somebody else signed it; ask where it was written',
  })
}

function merged(
  before: readonly ArchiveRecord[],
  brought: readonly ArchiveRecord[],
): readonly ArchiveRecord[] {
  const all = new Map([...before, ...brought].map(each => [each.id, each]))
  return [...all.values()].sort((a, b) => a.number - b.number)
}
