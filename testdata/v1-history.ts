/** What earlier runs of oc-mirror v1 left, in memory: metadata in a folder, in an image of a source, and at the target. */
import path from 'node:path'
import type { HistorySetting } from '../cmd/wiring/other-tools/earlier-runs.ts'
import { type ImageSet, parseImageSet } from '../lib/config/index.ts'
import type { Digest } from '../lib/oci/digest.ts'
import { type Built, buildImage } from './images.ts'
import { MemoryRegistry } from './memory-registry.ts'
import { noCache, sourcesOf } from './mirroring.ts'
import { writeDiskFiles } from './oc-mirror-archives.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'

export const METADATA_PATH = 'publish/.metadata.json'

/** An association of v1's metadata. */
export interface Association {
  readonly name: string
  readonly path: string
  readonly id: Digest
  readonly type: string
  readonly tagSymlink?: string
}

/** @param past members of `pastMirror`. @param members of the whole */
export function metadataText(
  uid: string,
  past: {
    readonly sequence: number
    readonly associations?: readonly Association[]
    readonly operators?: unknown
  },
  members: object = {},
): string {
  return JSON.stringify({
    apiVersion: 'mirror.openshift.io/v1alpha2',
    kind: 'Metadata',
    uid,
    singleUse: false,
    pastMirror: { timestamp: 1658342351, mirror: {}, ...past },
    pastAssociations: past.associations ?? [],
    ...members,
  })
}

export function metadataImage(text: string): Built {
  return buildImage({ files: { [METADATA_PATH]: text } })
}

export interface HistoryScene {
  readonly folder: string
  /** `src.example` */
  readonly source: MemoryRegistry
  /** `reg.example/ns` */
  readonly target: MemoryRegistry
  readonly setting: HistorySetting
  /** As v1 does at the end of a run. */
  publish(uid: string, text: string): void
  /** In the folder `store`. */
  keep(text: string): void
  /** As `src.example/meta:latest`. */
  push(text: string): void
  /** An image set with a `storageConfig`, or any other line in its place. */
  imageSet(storage: string, mirror?: string): ImageSet
}

const ONE_IMAGE = '{additionalImages: [{name: "quay.io/a/b:1"}]}'

export function historyScene(t: TestEnd): HistoryScene {
  const folder = temporaryFolder(t)
  const source = new MemoryRegistry('src.example')
  const target = new MemoryRegistry('reg.example', { prefix: 'ns' })
  return {
    folder,
    source,
    target,
    setting: {
      choice: { address: target.address, maxNestedPaths: 0 },
      places: { sources: sourcesOf(source), target, cache: noCache },
      state: undefined,
      readsSources: true,
      readsTarget: true,
    },
    publish: (uid, text) => void target.hold('ns/oc-mirror', uid, metadataImage(text)),
    keep: text => writeDiskFiles(path.join(folder, 'store'), new Map([[METADATA_PATH, text]])),
    push: text => void source.hold('meta', 'latest', metadataImage(text)),
    imageSet: (storage, mirror = ONE_IMAGE) =>
      parseImageSet({
        path: path.join(folder, 'v1.yaml'),
        text: `apiVersion: mirror.openshift.io/v1alpha2\nkind: ImageSetConfiguration\n${storage}\nmirror: ${mirror}\n`,
      }),
  }
}
