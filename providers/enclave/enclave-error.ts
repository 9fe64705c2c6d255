/** What a target on the way does not have: says what, where it would have to be, and how it gets there. */
import { PlaceError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatTarget } from '../../lib/target.ts'
import type { Hop } from './hop.ts'

/** With status 404, as a registry says it: what is wanted by bundles of operators alone makes those incomplete. */
export class EnclaveError extends PlaceError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { hint, status: 404, cause })
  }
}

/** @param what the image by its original name, or `name@sha256:…` */
export function notHeld({ name, address }: Hop, what: string): EnclaveError {
  return new EnclaveError(
    `${what} is not held by ${name} (${formatTarget(address)}), where it would have to come from`,
    `bring it to ${name} first: mirrorform plan --target ${name}, then apply; what that plan does not name, the image sets of ${name} do not ask for`,
  )
}

/** @param platforms those that are held */
export function otherPlatforms(hop: Hop, what: string, platforms: readonly string[]): EnclaveError {
  return new EnclaveError(
    `${what} is not held by ${hop.name}, which has only ${platforms.join(' and ')} of the image`,
    `ask for the same platforms here, or for more of them in the image sets of ${hop.name}`,
  )
}

/** There it has another digest: an index that was rewritten for some platforms, a catalog that was filtered. */
export function madeAnew(hop: Hop, what: string, digest: Digest): EnclaveError {
  return new EnclaveError(
    `${what} is not held by ${hop.name}, which made ${digest} of it`,
    'ask for it by its tag; or keep indexes as they are there: platformIndex: sparse',
  )
}

/** The state says that it is there, the registry does not. */
export function isGone({ name }: Hop, what: string, at: string, cause?: unknown): EnclaveError {
  return new EnclaveError(
    `${what} is no longer at ${at}, where the state of ${name} has it`,
    `mirrorform plan --target ${name} shows what is missing there, and apply brings it back`,
    cause,
  )
}

/** Of the targets on the way, as far as they say where documents are. */
interface Telling {
  readonly inputs?: { readonly path: string }
}

/** No update service and no kept graph. */
export function noGraph(hop: Hop, hops: readonly Telling[]): EnclaveError {
  return new EnclaveError(beyond(hop, hops), `${serviceHint(hop)}\n${inputsHint(hop)}`)
}

export function noSignature(hop: Hop, digest: Digest, hops: readonly Telling[]): EnclaveError {
  return new EnclaveError(
    `the state of ${hop.name} has no signature of ${digest}; ${beyond(hop, hops)}`,
    `bring the release to ${hop.name} with its signature: mirrorform apply --target ${hop.name}, without --ignore-release-signature\n${inputsHint(hop)}`,
  )
}

/** @param url without anything secret */
export function noDocument(hop: Hop, url: string, hops: readonly Telling[]): EnclaveError {
  return new EnclaveError(`${url} is not read: ${beyond(hop, hops)}`, inputsHint(hop))
}

export function noGraphImage(hop: Hop): EnclaveError {
  const { name, address } = hop
  return new EnclaveError(
    `the image of graph data is not held by ${name} (${formatTarget(address)}), where it would have to come from`,
    `ask for it there: platform.graph in an image set of ${name}, then mirrorform apply --target ${name}`,
  )
}

function beyond({ name }: Hop, hops: readonly Telling[]): string {
  const kept = hops.flatMap(({ inputs }) => inputs?.path ?? [])
  const found =
    kept.length === 0
      ? 'no plan with kept documents is named'
      : `it is not among the documents of ${kept.join(', ')}`
  return `nothing beyond ${name} is asked, and ${found}`
}

function serviceHint({ name }: Hop): string {
  return `name the update service of its clusters: updateService of the target ${name} in the kind: Mirror file`
}

function inputsHint({ name }: Hop): string {
  return `name a plan that kept it: inputs of the target ${name}; mirrorform plan --target ${name} -o FILE writes one`
}
