/**
 * The members of a plan that speak of archives (what is shipped, what images are taken from, what is missing there) <->
 * JSON. They are left out of every other plan.
 */
import type { Field, Json } from '../files/canonical-json.ts'
import { decodeDestination } from '../files/content-json.ts'
import { type JsonPart, readDigest, readText } from '../files/json-part.ts'
import { decodeArchive, encodeArchive } from '../files/state-file.ts'
import { formatDestination, formatTarget, type TargetAddress } from '../target.ts'
import { type MissingContent, type Plan, type PlanSource, type Shipment, STORED_KINDS } from './plan.ts'

type Carrying = Pick<Plan, 'shipment' | 'from' | 'missing'>

export function carryingFields(plan: Carrying & Pick<Plan, 'target'>): readonly Field[] {
  const { target, shipment, from = [], missing = [] } = plan
  return [
    ...(shipment === undefined ? [] : [{ key: 'shipment', value: encodeShipment(target, shipment) }]),
    ...(from.length === 0 ? [] : [{ key: 'from', entities: from.map(encodeSource) }]),
    ...(missing.length === 0
      ? []
      : [{ key: 'missing', entities: missing.map(each => encodeMissing(target, each)) }]),
  ]
}

/** @throws SyntaxFault */
export function decodeCarrying(target: TargetAddress, root: JsonPart): Carrying {
  const shipment = root.field('shipment')
  const from = root.field('from').listOrEmpty(decodeSource)
  const missing = root.field('missing').listOrEmpty(part => decodeMissing(target, part))
  return {
    ...(shipment.value !== undefined && { shipment: decodeShipment(target, shipment) }),
    ...(from.length > 0 && { from }),
    ...(missing.length > 0 && { missing }),
  }
}

export function encodeMissing(target: TargetAddress, missing: MissingContent): Json {
  const { destination, source, digest, lacks, shippedIn } = missing
  return { destination: formatDestination(target, destination), source, digest, lacks, shippedIn }
}

/** @throws SyntaxFault */
export function decodeMissing(target: TargetAddress, part: JsonPart): MissingContent {
  return {
    destination: decodeDestination(target, part.field('destination')),
    source: part.field('source').text(),
    digest: part.field('digest').digest(),
    lacks: part.field('lacks').list(readDigest),
    shippedIn: part.field('shippedIn').list(each => each.count()),
  }
}

function encodeShipment(target: TargetAddress, shipment: Shipment): Json {
  const { folder, volumeSize, number, earlier, notHeld, against } = shipment
  return {
    folder,
    volumeSize,
    number,
    earlier: earlier.map(encodeArchive),
    notHeld: notHeld.map(destination => formatDestination(target, destination)),
    against: against && { path: against.path, digest: against.digest },
  }
}

function decodeShipment(target: TargetAddress, part: JsonPart): Shipment {
  const against = part.field('against')
  return {
    folder: part.field('folder').filledText(),
    volumeSize: part.field('volumeSize').count(),
    number: part.field('number').count(),
    earlier: part.field('earlier').list(decodeArchive),
    notHeld: part.field('notHeld').list(each => decodeDestination(target, each)),
    ...(against.value !== undefined && {
      against: { path: against.field('path').text(), digest: against.field('digest').digest() },
    }),
  }
}

function encodeSource(source: PlanSource): Json {
  const { folder, id } = source
  if ('tool' in source) return { tool: source.tool, folder, id, files: source.files }
  const { record } = source
  if (record === undefined) return { folder, id }
  const { number, plan, readAt } = record
  return { folder, id, number, plan, readAt: readAt && formatTarget(readAt) }
}

function decodeSource(part: JsonPart): PlanSource {
  const id = part.field('id').digest()
  const folder = part.field('folder').filledText()
  const tool = part.field('tool')
  if (tool.value !== undefined) {
    const files = part.field('files').listOrEmpty(readText)
    return { tool: tool.word(STORED_KINDS), folder, id, ...(files.length > 0 && { files }) }
  }
  const isOurs = part.field('number').value !== undefined
  return { folder, id, ...(isOurs && { record: decodeArchive(part) }) }
}
