/**
 * One image set of oc-mirror v1 → the metadata of its earlier runs: where `storageConfig` says, else in the archive that images
 * are read from; and at the target, where every run of v1 leaves a copy.
 */
import path from 'node:path'
import type { ImageSet, V1Storage } from '../../../lib/config/index.ts'
import { type MirrorHistory, readMetadata } from '../../../lib/content/history/index.ts'
import { hintOf, messageOf, PlaceError } from '../../../lib/errors.ts'
import { pullBy } from '../../../lib/oci/reference.ts'
import type { State } from '../../../lib/state.ts'
import type { StoredImages } from '../../../providers/oc-mirror/index.ts'
import { METADATA_FILE } from '../../../providers/oc-mirror/v1-metadata.ts'
import {
  type MetadataText,
  readMetadataFolder,
  readMetadataImage,
} from '../../../providers/oc-mirror/v1-metadata-files.ts'
import type { Places } from '../places/open-places.ts'
import {
  type PublishedRuns,
  type PublishingPlace,
  publishedPlace,
  readAllPublished,
  readPublished,
} from './published-runs.ts'

export interface HistorySetting extends PublishingPlace {
  readonly places: Pick<Places, 'sources' | 'target' | 'cache'>
  readonly state: State | undefined
  /** Not where archives, or a target on the way, stand in for them. */
  readonly readsSources: boolean
  /** Not where an archive is written for it. */
  readonly readsTarget: boolean
  /** What images are read from, where that is a disk: archives of v1 carry its metadata. Newest first. */
  readonly archives?: readonly Pick<StoredImages, 'kind' | 'name' | 'document'>[]
}

export interface KnownRuns {
  readonly history: MirrorHistory
  /** Found at the target: what went there by way of a disk has arrived. */
  readonly isAtTarget: boolean
  /** The image set, or the archive, says that they are its own; else they are the only ones at the target. */
  readonly isOwn: boolean
}

export interface EarlierRuns {
  /** Of the storage, then of the target. */
  readonly runs: readonly KnownRuns[]
  readonly notes: readonly string[]
}

/** @throws PlanError naming metadata that is damaged, PlaceError */
export async function earlierRuns(
  { path: file, v1 }: ImageSet,
  setting: HistorySetting,
  signal: AbortSignal,
): Promise<EarlierRuns> {
  const storage = v1?.storage
  const kept = storage && (await readStorage(storage, file, setting, signal))
  const text = kept ?? (await readCarried(setting))
  if (text === undefined) return onlyRuns(storage, file, setting, signal)
  const stored = { history: readMetadata(text.text, text.name), name: text.name }
  if (stored.history.isSingleUse)
    return {
      runs: [],
      notes: [`${text.name} is of a run without storageConfig, and says nothing of others`],
    }
  const published = setting.readsTarget ? await readPublished(stored.history.uid, setting, signal) : undefined
  const arrived = published?.history.isSingleUse ? undefined : published
  return {
    runs: [
      { history: stored.history, isAtTarget: false, isOwn: true },
      ...(arrived ? [{ history: arrived.history, isAtTarget: true, isOwn: true }] : []),
    ],
    notes: [runsText(stored, file), ...(arrived ? differenceText(stored, arrived) : [])],
  }
}

/** Where the image set does not lead to any: those at the target, if they are of one series. */
async function onlyRuns(
  storage: V1Storage | undefined,
  file: string,
  setting: HistorySetting,
  signal: AbortSignal,
): Promise<EarlierRuns> {
  const all = setting.readsTarget ? await readAllPublished(setting, signal) : []
  const [only, ...others] = all
  if (only === undefined) return { runs: [], notes: noneText(storage, file, setting) }
  if (others.length > 0) return { runs: [], notes: severalText(all, file, setting) }
  return {
    runs: [{ history: only.history, isAtTarget: true, isOwn: false }],
    notes: [runsText(only, file), ...unsureText(only, file, setting)],
  }
}

async function readStorage(
  storage: V1Storage,
  file: string,
  { places, readsSources }: HistorySetting,
  signal: AbortSignal,
): Promise<MetadataText | undefined> {
  try {
    switch (storage.kind) {
      case 'local':
        return await readMetadataFolder([storage.path, path.resolve(path.dirname(file), storage.path)])
      case 'registry': {
        if (!readsSources) return undefined
        const reader = places.sources.open({ kind: 'registry', reference: storage.reference })
        return await readMetadataImage(reader, pullBy(storage.reference), signal)
      }
      default:
        return storage satisfies never
    }
  } catch (cause) {
    if (!(cause instanceof PlaceError) || signal.aborted) throw cause
    throw new PlaceError(`${storage.place}: cannot read what earlier runs mirrored: ${messageOf(cause)}`, {
      cause,
      hint: hintOf(cause) ?? 'see whether storageConfig names the right place, and whether it can be reached',
    })
  }
}

/** Of the newest archive of v1. */
async function readCarried({ archives = [] }: HistorySetting): Promise<MetadataText | undefined> {
  const archive = archives.find(({ kind }) => kind === 'oc-mirror-v1')
  const bytes = await archive?.document(METADATA_FILE).catch(unlessMissing)
  return (
    archive && bytes && { text: Buffer.from(bytes).toString(), name: `${METADATA_FILE} in ${archive.name}` }
  )
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof PlaceError && error.status === 404)) throw error
}

function runsText({ history, name }: PublishedRuns, file: string): string {
  return `${file}: update paths begin where oc-mirror v1 began them (run ${history.sequence}, ${name})`
}

/** Once there is a state it says the same, here and below. */
function noneText(storage: V1Storage | undefined, file: string, setting: HistorySetting): readonly string[] {
  if (setting.state !== undefined) return []
  const where = storage === undefined ? `${file}: no storageConfig, and` : `${storage.place}:`
  return [
    `${where} no metadata of oc-mirror v1 here or as an image of ${publishedPlace(setting)}: planned as if nothing had been mirrored before`,
  ]
}

function severalText(
  all: readonly PublishedRuns[],
  file: string,
  setting: HistorySetting,
): readonly string[] {
  if (setting.state !== undefined) return []
  const names = all.map(({ name }) => name).join(', ')
  return [
    `${file}: planned as if nothing had been mirrored before, because nothing tells which metadata of oc-mirror v1 at the target is of this image set; name one in storageConfig.registry.imageURL: ${names}`,
  ]
}

function unsureText({ name }: PublishedRuns, file: string, { state }: HistorySetting): readonly string[] {
  if (state !== undefined) return []
  return [
    `${file}: nothing says that ${name} is of this image set, so that nothing is deleted because of it; to have that, write it as storageConfig.registry.imageURL`,
  ]
}

function differenceText(stored: PublishedRuns, { history, name }: PublishedRuns): readonly string[] {
  if (stored.history.sequence === history.sequence) return []
  return [
    `oc-mirror v1 published run ${history.sequence} at the target (${name}), and ${stored.name} is of run ${stored.history.sequence}: what is at the target counts`,
  ]
}
