/**
 * `file://` references of oc -> images in a folder: in the tree that oc keeps below `v2`, or in the OCI layout that
 * mirrorform writes in its place. Whatever is in there is read from there, under the name it had at its source.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, PlaceError, UsageError } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { RawManifest } from '../../../lib/oci/manifest.ts'
import { parseReference, type Reference, type RepositoryPath, type Tag } from '../../../lib/oci/reference.ts'
import {
  canListReferrers,
  type ImageSource,
  type ReferrersLister,
  type RepositoryReader,
  type Sources,
} from '../../../lib/provider.ts'
import type { TargetAddress } from '../../../lib/target.ts'
import { openLayoutSource } from '../../../providers/layout/index.ts'
import { openImageMirrorFolder } from '../../../providers/oc-mirror/index.ts'

export type DiskReference = Pick<Reference, 'path' | 'tag' | 'digest'>

export interface DiskImages {
  readonly folder: string
  repository(path: RepositoryPath): RepositoryReader
}

/** Both programs keep images below the folder that a person names; oc's name for it is the same. */
const TREE = 'v2'
const FILE = 'file://'

export function isDiskReference(text: string): boolean {
  return text.startsWith(FILE)
}

/** `file://openshift/release:4.16.8-x86_64`, with or without a third slash. @throws UsageError */
export function parseDiskReference(text: string): DiskReference {
  try {
    const { path, tag, digest } = parseReference(`localhost/${text.slice(FILE.length).replace(/^\/+/, '')}`)
    return { path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
  } catch (cause) {
    throw new UsageError(`"${text}" names nothing on a disk: ${messageOf(cause)}`, {
      cause,
      hint: 'write file://REPOSITORY[:TAG]; the folder itself goes into --from-dir or --dir',
    })
  }
}

/** Where images for `file://` destinations go. @throws UsageError where oc has written already */
export function diskTarget(folder: string): TargetAddress {
  const tree = join(folder, TREE)
  if (!existsSync(tree) || existsSync(join(tree, 'oci-layout'))) return { kind: 'layout', folder: tree }
  throw new UsageError(`${tree} was not written by mirrorform, and nothing is mixed into it`, {
    hint: 'mirrorform writes an OCI layout where oc has a tree of its own, which is only read: name an empty folder',
  })
}

/** @throws PlaceError when there are no images */
export async function openDisk(folder: string): Promise<DiskImages> {
  const tree = join(folder, TREE)
  if (existsSync(join(tree, 'oci-layout'))) return openLayout(tree)
  if (!existsSync(tree))
    throw new PlaceError(`there are no images in ${folder}: it has no folder ${TREE}`, {
      hint: 'name the folder that holds it, with --from-dir',
    })
  const stored = await openImageMirrorFolder(folder)
  return { folder, repository: path => stored.repository(path) }
}

/** The same path gives the same reader: an index of thousands of images is read once. */
function openLayout(folder: string): DiskImages {
  const readers = new Map<RepositoryPath, RepositoryReader>()
  return {
    folder,
    repository(path) {
      const reader = readers.get(path) ?? openLayoutSource(folder, `${path}:latest`)
      readers.set(path, reader)
      return reader
    },
  }
}

/** Asks the disk first, and where an image is not there, whoever it is named by. */
export function diskFirst(
  named: Sources,
  onDisk: (source: ImageSource) => RepositoryReader | undefined,
): Sources {
  return {
    open(source) {
      const disk = onDisk(source)
      if (disk === undefined) return named.open(source)
      if (source.kind === 'layout') return disk
      const { digest, tag } = source.reference
      const by = digest ?? tag
      return by === undefined ? disk : new EitherReader(disk, named.open(source), by)
    },
  }
}

/** One image, from the disk when it is there: then nobody else is asked, not even for its signatures. */
class EitherReader implements RepositoryReader, ReferrersLister {
  readonly name: string
  readonly #disk: RepositoryReader
  readonly #named: RepositoryReader
  readonly #by: Tag | Digest
  #chosen: Promise<RepositoryReader> | undefined

  constructor(disk: RepositoryReader, named: RepositoryReader, by: Tag | Digest) {
    this.name = named.name
    this.#disk = disk
    this.#named = named
    this.#by = by
  }

  async resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    return (await this.#choose(signal)).resolve(reference, signal)
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    return (await this.#choose(signal)).manifest(digest, signal)
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return (await this.#choose(signal)).blob(descriptor, signal)
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    const chosen = await this.#choose(signal)
    return canListReferrers(chosen) ? chosen.referrers(subject, signal) : undefined
  }

  #choose(signal: AbortSignal): Promise<RepositoryReader> {
    this.#chosen ??= this.#disk
      .resolve(this.#by, signal)
      .then(found => (found === undefined ? this.#named : this.#disk))
    return this.#chosen
  }
}
