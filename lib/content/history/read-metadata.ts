/**
 * The text of oc-mirror v1's metadata (`publish/.metadata.json`) → the history that it tells. Untrusted JSON: metadata that is
 * damaged is an error that says where, because a history half read would look like one in which less was mirrored.
 */
import { type MirrorformError, messageOf, PlanError } from '../../errors.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import { isRecord, stringOrUndefined } from '../../oci/json.ts'
import type {
  HistoricImage,
  HistoricKind,
  HistoricPlace,
  MirrorHistory,
  RecordedCatalog,
  RecordedPackage,
} from './history.ts'

type Members = Readonly<Record<string, unknown>>

const KINDS: Readonly<Record<string, HistoricKind>> = {
  ocpRelease: 'ocpRelease',
  ocpReleaseContent: 'ocpReleaseContent',
  cincinnatiGraph: 'cincinnatiGraph',
  operatorCatalog: 'operatorCatalog',
  operatorBundle: 'operatorBundle',
  operatorRelatedImage: 'operatorRelatedImage',
  generic: 'generic',
}
const REFERENCE_WITH_HOST = /^(?:localhost|[^/]*[.:][^/]*)\//

/**
 * @param name of the file or image, for messages
 * @throws PlanError
 */
export function readMetadata(text: string, name: string): MirrorHistory {
  const root = record(parse(text, name), name, 'the file')
  if (root.kind !== 'Metadata') throw damaged(name, 'kind is not Metadata')
  const past = root.pastMirror === undefined ? {} : record(root.pastMirror, name, 'pastMirror')
  const { sequence, uid } = { sequence: past.sequence ?? 0, uid: root.uid ?? '' }
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0)
    throw damaged(name, 'pastMirror.sequence is no number of a run')
  if (typeof uid !== 'string') throw damaged(name, 'uid is no text')
  const unreadable: string[] = []
  const images = new Map<string, HistoricImage>()
  for (const [at, each] of [
    ...placed(root.pastAssociations, 'pastAssociations', name),
    ...placed(past.associations, 'pastMirror.associations', name),
  ]) {
    const image = imageIn(record(each, name, at), at)
    if (typeof image === 'string') unreadable.push(image)
    else if (image !== undefined) images.set(keyOf(image), image)
  }
  return {
    uid,
    sequence,
    isSingleUse: root.singleUse === true,
    hasGraphImage: hasGraph(past.mirror),
    starts: {
      catalogs: placed(past.operators, 'pastMirror.operators', name).flatMap(([at, each]) =>
        catalogIn(record(each, name, at), at, name),
      ),
      releases: new Map(
        placed(past.platforms, 'pastMirror.platforms', name).flatMap(([at, each]) => {
          const { channel, minVersion } = record(each, name, at)
          const isStart = typeof channel === 'string' && typeof minVersion === 'string' && minVersion !== ''
          return isStart ? [[channel, minVersion] as const] : []
        }),
      ),
    },
    images: [...images.values()],
    unreadable,
  }
}

/** The images of all; of one in several, as the last of them has it. */
export function joinImages(all: readonly (readonly HistoricImage[])[]): readonly HistoricImage[] {
  return [...new Map(all.flat().map(image => [keyOf(image), image])).values()]
}

function hasGraph(mirror: unknown): boolean {
  return isRecord(mirror) && isRecord(mirror.platform) && mirror.platform.graph === true
}

/** undefined for the child of an index, which comes with it; a text for what cannot be told apart. */
function imageIn(association: Members, at: string): HistoricImage | string | undefined {
  const { name, path, id, type } = association
  if (typeof name !== 'string' || typeof path !== 'string') return `${at} has no name or no path`
  if (isDigest(name)) return undefined
  const digest = digestIn(id, name)
  if (digest === undefined) return `${name} has no digest`
  const tag = stringOrUndefined(association.tagSymlink)
  const place: HistoricPlace = {
    ...(REFERENCE_WITH_HOST.test(path) ? { kind: 'reference', text: path } : { kind: 'path', path }),
    ...(tag !== undefined && tag !== '' && { tag }),
  }
  return { name, kind: KINDS[String(type)] ?? 'generic', digest, place }
}

function digestIn(id: unknown, name: string): Digest | undefined {
  if (typeof id === 'string' && isDigest(id)) return id
  const after = name.slice(name.indexOf('@') + 1)
  return isDigest(after) ? after : undefined
}

function catalogIn(operator: Members, at: string, name: string): readonly RecordedCatalog[] {
  const { catalog } = operator
  if (typeof catalog !== 'string') return []
  const packages = placed(operator.packages, `${at}.packages`, name).flatMap(([where, each]) =>
    packageIn(record(each, name, where), where, name),
  )
  return [{ catalog, packages }]
}

function packageIn(value: Members, at: string, file: string): readonly RecordedPackage[] {
  const { name, minVersion } = value
  if (typeof name !== 'string') return []
  const channels = placed(value.channels, `${at}.channels`, file).flatMap(([where, each]) => {
    const channel = record(each, file, where)
    const isStart = typeof channel.name === 'string' && typeof channel.minVersion === 'string'
    return isStart && channel.minVersion !== ''
      ? [[String(channel.name), String(channel.minVersion)] as const]
      : []
  })
  const hasStart = typeof minVersion === 'string' && minVersion !== ''
  return [{ name, ...(hasStart && { start: minVersion }), channels: new Map(channels) }]
}

function keyOf({ place, digest }: HistoricImage): string {
  const where = place.kind === 'reference' ? place.text : place.path
  return `${where} ${place.tag ?? ''} ${digest}`
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(name, messageOf(cause), cause)
  }
}

/** The entries of a list, each with where it stands; a list that is not there has none. */
function placed(list: unknown, at: string, name: string): readonly (readonly [string, unknown])[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw damaged(name, `${at} is no list`)
  return list.map((entry: unknown, index) => [`${at}[${index}]`, entry])
}

function record(value: unknown, name: string, at: string): Members {
  if (isRecord(value)) return value
  throw damaged(name, `${at} is no object`)
}

function damaged(name: string, what: string, cause?: unknown): MirrorformError {
  return new PlanError(`${name} is not the metadata of oc-mirror v1, or damaged: ${what}`, {
    cause,
    hint: 'take it back from a backup; without storageConfig in the image set the mirror is planned as if nothing had been mirrored before',
  })
}
