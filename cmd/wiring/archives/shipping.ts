/**
 * The near side of a gap: what the far side is counted to hold when a plan for an archive is made, and the same again when
 * it is carried out.
 */
import type { ImageSet } from '../../../lib/config/index.ts'
import { PlanError, UsageError } from '../../../lib/errors.ts'
import { decodeReceipt, receiptDigest } from '../../../lib/files/receipt-file.ts'
import { receive } from '../../../lib/files/receive.ts'
import { imagesWith, unconfirmed, withoutNotHeld } from '../../../lib/plan/not-held.ts'
import { hasChanges, type Plan, type PlanInput, type Shipment } from '../../../lib/plan/plan.ts'
import { decodeShoppingList } from '../../../lib/plan/shopping-list.ts'
import type { LoadedState, State } from '../../../lib/state.ts'
import { type Destination, destinationKey, formatTarget } from '../../../lib/target.ts'
import { refuseSmallVolumes } from '../../../providers/archive/index.ts'
import { readText } from '../read-text.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import { volumeSizeFor } from './volume-size.ts'

export interface ShippingArguments {
  readonly volumeSize?: string | undefined
  readonly assume?: 'shipped' | 'none' | undefined
  readonly against?: string | undefined
  /** Near side: read; far side: written. */
  readonly shoppingList?: string | undefined
}

export interface Shipping {
  readonly shipment: Shipment
  /** Less what is not counted as held. */
  readonly loaded: LoadedState | undefined
  /** Where the images of a shopping list go: only they are planned. */
  readonly listed?: ReadonlySet<string>
  /** Refuses what apply would refuse before it writes anything. @throws PlaceError when a manifest does not fit a volume */
  readonly check: (plan: Plan) => void
}

/** @throws UsageError, ReceiptError, PlanError */
export async function planShipping(
  args: ShippingArguments,
  choice: TargetChoice & { readonly archive: string },
  found: LoadedState | undefined,
  imageSets: readonly ImageSet[],
): Promise<Shipping> {
  const received = await receiveFor(args.against, found?.state)
  const loaded =
    received === undefined ? found : { ...received, revision: found?.revision ?? received.revision }
  const missing = await readList(args.shoppingList, choice)
  const { archives: earlier = [] } = loaded?.state ?? {}
  const listed = missing?.map(({ destination }) => destination) ?? []
  const lacks = new Set(missing?.flatMap(({ lacks }) => lacks))
  const notHeld =
    loaded === undefined
      ? []
      : heldAmong(loaded.state, [
          ...(args.assume === 'none' ? unconfirmed(loaded.state) : []),
          ...listed,
          ...imagesWith(loaded.state, lacks),
        ])
  const shipment: Shipment = {
    folder: choice.archive,
    volumeSize: volumeSizeFor(args.volumeSize, imageSets),
    number: Math.max(0, ...earlier.map(({ number }) => number)) + 1,
    earlier,
    notHeld,
    ...(received !== undefined && { against: received.input }),
  }
  return {
    shipment,
    check: checkVolumeSize,
    loaded: loaded && { ...loaded, state: withoutNotHeld(loaded.state, notHeld) },
    ...(missing !== undefined && { listed: new Set(listed.map(destinationKey)) }),
  }
}

function checkVolumeSize(plan: Plan): void {
  if (plan.shipment !== undefined && hasChanges(plan))
    refuseSmallVolumes(plan.shipment.volumeSize, largestManifestOf(plan))
}

/** bytes */
export function largestManifestOf({ manifests }: Pick<Plan, 'manifests'>): number {
  return [...manifests.values()].reduce((most, { size }) => Math.max(most, size), 0)
}

/** The state that a plan's archive is written from. @throws PlanError when the receipt is another by now */
export async function receiverOf(plan: Plan): Promise<(state: State | undefined) => State | undefined> {
  const { against } = plan.shipment ?? {}
  if (against === undefined) return state => state
  const text = await readText(against.path, 'receipt')
  if (receiptDigest(text) !== against.digest)
    throw new PlanError(`the receipt ${against.path} changed since the plan was made`, {
      hint: 'plan again against the receipt that is there now',
    })
  const receipt = decodeReceipt(text, against.path)
  return state => receive(state, receipt, against.path).state
}

async function receiveFor(
  path: string | undefined,
  state: State | undefined,
): Promise<(LoadedState & { readonly input: PlanInput }) | undefined> {
  if (path === undefined) return undefined
  const text = await readText(path, 'receipt')
  const receipt = decodeReceipt(text, path)
  return {
    state: receive(state, receipt, path).state,
    revision: receipt.revision,
    input: { path, digest: receiptDigest(text) },
  }
}

async function readList(path: string | undefined, { address }: TargetChoice) {
  if (path === undefined) return undefined
  const list = decodeShoppingList(await readText(path, 'shopping list'), path)
  if (formatTarget(list.target) !== formatTarget(address))
    throw new UsageError(
      `${path} is a shopping list of ${formatTarget(list.target)}, not of ${formatTarget(address)}`,
      { hint: 'name its target with --for' },
    )
  return list.missing
}

/** Those that the state has, in its order. */
function heldAmong(state: State, destinations: readonly Destination[]): readonly Destination[] {
  const keys = new Set(destinations.map(destinationKey))
  return state.images.flatMap(({ destination }) =>
    keys.has(destinationKey(destination)) ? [destination] : [],
  )
}
