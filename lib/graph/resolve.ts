/**
 * Turns placed images into the desired graph: tags become digests, platform choices are carried out, closures and
 * attachments are found.
 *
 * What the state already holds is not fetched again: an unchanged digest costs one HEAD at its source and the question
 * what has been attached to it since; with `refresh: false` an image whose source is written as before costs nothing.
 * A source that fails does not stop the others: all failures come back together.
 */
import pLimit from 'p-limit'
import { MissingImageError, PlanError } from '../errors.ts'
import { referrersTag } from '../oci/attachment-tags.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import { parseManifest } from '../oci/manifest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import { DEFAULT_TAG, pullBy, type Tag } from '../oci/reference.ts'
import type { Ability, ManifestCache, RepositoryReader, Sources } from '../provider.ts'
import type { State } from '../state.ts'
import { destinationKey } from '../target.ts'
import { createAttachmentFinder, type FoundAttachment } from './attachments.ts'
import {
  type Attachment,
  type DesiredGraph,
  type ImageContent,
  type MadeImage,
  manifestsBelow,
} from './graph.ts'
import { createManifestLoader, type ManifestLoader } from './manifest-loader.ts'
import { formatSource, type PlacedImage } from './naming.ts'
import { omittedChildren, type PlatformIndexMode, rewriteIndex } from './platform-choice.ts'
import { listReferrers } from './referrers-list.ts'
import type { ResolveFailure } from './resolve-error.ts'
import { heldComponents, isComponent, mergeAttachments, reusable, wishesOf } from './reuse.ts'
import { isSignature } from './signatures.ts'

export { type ResolveFailure, resolveError } from './resolve-error.ts'

/** Whether signatures and other attachments travel. */
export type AttachmentPolicy = 'copy-if-present' | 'required' | 'ignore'

export interface ResolveOptions {
  readonly sources: Sources
  readonly cache: ManifestCache
  readonly state: State | undefined
  readonly refresh: boolean
  readonly platformIndex: PlatformIndexMode
  readonly attachments: AttachmentPolicy
  /** Where the target lacks the referrers API, the tag that lists referrers has to be made. */
  readonly targetReferrersApi: Ability
}

export interface Resolved {
  readonly graph: DesiredGraph
  readonly failures: readonly ResolveFailure[]
  /** What the reviewer of the plan should know. */
  readonly notes: readonly string[]
}

/** Images resolved at once: enough to hide latency, few enough for a small registry. */
const CONCURRENCY = 24

export async function resolveGraph(
  images: readonly PlacedImage[],
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<Resolved> {
  const resolver = createResolver(images, options, signal)
  const limit = pLimit(CONCURRENCY)
  const failures: ResolveFailure[] = []
  const contents = await Promise.all(
    images.map(image =>
      limit(async () => {
        signal.throwIfAborted()
        try {
          return await resolver.resolve(image)
        } catch (error) {
          signal.throwIfAborted()
          failures.push({ image, error })
          return undefined
        }
      }),
    ),
  )
  const place = new Map(images.map((image, at) => [image, at]))
  const order = ({ image }: ResolveFailure) => place.get(image) ?? 0
  return {
    graph: {
      images: contents.filter(content => content !== undefined),
      ...resolver.nodes,
      made: resolver.made,
    },
    failures: failures.sort((a, b) => order(a) - order(b)),
    notes: [...resolver.notes].sort(),
  }
}

function createResolver(images: readonly PlacedImage[], options: ResolveOptions, signal: AbortSignal) {
  const loader = createManifestLoader(options.cache, options.state)
  const notes = new Set<string>()
  const madeBlobs = new Map<Digest, Uint8Array>()
  const held = new Map(options.state?.images.map(image => [destinationKey(image.destination), image]))
  const components = heldComponents(options.state)
  /** A mirror of an image by digest has the very tag under which that image's referrers would be listed. */
  const taken = new Set([...images, ...held.values()].map(image => destinationKey(image.destination)))
  const finder = createAttachmentFinder(async (reader, digest, abort) => {
    await loader.addBelow(reader, digest, new Set(), abort)
    return manifestsBelow(loader.nodes, digest, new Set())
  })

  async function resolve(image: PlacedImage): Promise<ImageContent> {
    const source = formatSource(image.source)
    if (image.made !== undefined) return resolveMade(image, image.made, source)
    const mode = image.platformIndex ?? options.platformIndex
    const before = reusable(held.get(destinationKey(image.destination)), image, source, mode)
    if (before !== undefined && !options.refresh) return { ...before, ...wishesOf(image) }
    const reader = options.sources.open(image.source)
    const reference = image.source.kind === 'registry' ? pullBy(image.source.reference) : image.source.tag
    const sourceDigest = await digestAt(reader, reference, source)
    const unchanged = before !== undefined && (before.sourceDigest ?? before.digest) === sourceDigest
    const root = unchanged ? before : await resolveRoot(reader, image, sourceDigest, mode)
    const there = held.get(destinationKey(image.destination))
    const content: ImageContent = {
      destination: image.destination,
      source,
      digest: root.digest,
      ...(root.sourceDigest !== undefined && { sourceDigest: root.sourceDigest }),
      platforms: image.platforms,
      omitted: root.omitted,
      attachments: there?.digest === root.digest ? there.attachments : [],
      ...wishesOf(image),
    }
    const known = isComponent(content) ? components.get(content.digest) : undefined
    if (known !== undefined && options.attachments !== 'required')
      return { ...content, attachments: known.attachments }
    return { ...content, attachments: await attachmentsOf(reader, content, unchanged) }
  }

  /** Nothing is asked about its root: only mirrorform has it, and signatures of the base image are of other content. */
  async function resolveMade(image: PlacedImage, made: MadeImage, source: string): Promise<ImageContent> {
    for (const { mediaType, text } of made.manifests) addMade(loader, mediaType, text)
    await loader.addBelow(options.sources.open(image.source), made.root, new Set(), signal)
    for (const [digest, bytes] of made.blobs) madeBlobs.set(digest, bytes)
    const there = held.get(destinationKey(image.destination))
    const base = image.source.kind === 'registry' ? image.source.reference.digest : undefined
    return {
      destination: image.destination,
      source,
      digest: made.root,
      ...(base !== undefined && { sourceDigest: base }),
      platforms: image.platforms,
      omitted: [],
      attachments: there?.digest === made.root ? there.attachments : [],
      ...wishesOf(image),
    }
  }

  async function digestAt(
    reader: RepositoryReader,
    by: Tag | Digest | undefined,
    source: string,
  ): Promise<Digest> {
    if (by?.includes(':')) return by as Digest
    const found: Descriptor | undefined = await reader.resolve(by ?? DEFAULT_TAG, signal)
    if (found !== undefined) return found.digest
    throw new MissingImageError(source, reader.absence)
  }

  async function resolveRoot(
    reader: RepositoryReader,
    image: PlacedImage,
    digest: Digest,
    mode: PlatformIndexMode,
  ) {
    const loaded = await loader.load(reader, digest, signal)
    const { raw, manifest } = loaded
    const what = `${formatSource(image.source)} (${digest})`
    const left = manifest.kind === 'index' ? omittedChildren(manifest, image.platforms, what) : []
    if (left.length === 0 || mode === 'sparse') {
      loader.addNode(loaded)
      await loader.addBelow(reader, digest, new Set(left), signal)
      return { digest, omitted: left }
    }
    const rewritten = addMade(loader, raw.mediaType, rewriteIndex(raw, left))
    await loader.addBelow(reader, rewritten, new Set(), signal)
    return { digest: rewritten, sourceDigest: digest, omitted: [] }
  }

  async function attachmentsOf(reader: RepositoryReader, image: ImageContent, unchanged: boolean) {
    if (options.attachments === 'ignore') return image.attachments
    const below = manifestsBelow(loader.nodes, image.digest, new Set(image.omitted))
    const subjects = unchanged ? [image.digest] : below
    const found = await finder.find(
      reader,
      subjects.filter(subject => loader.nodes.manifests.get(subject)?.text === undefined),
      signal,
    )
    if (options.attachments === 'required' && !(await isSigned(reader, image, found)))
      throw new PlanError(`${image.source} has no signature`, {
        hint: 'the policy says signatures: required; ask its publisher, or set copy-if-present',
      })
    const { repository } = image.destination
    const isFree = (tag: Tag | undefined) =>
      tag === undefined || !taken.has(destinationKey({ repository, tag }))
    const lists = fallbackIndexes(found)
    const made = lists.filter(({ tag }) => isFree(tag))
    if (made.length < lists.length)
      notes.add(
        `${repository}: an image there has the very tag that would list what refers to it; on a registry without the referrers API nobody finds that by asking`,
      )
    const untagged = ({ digest, subject }: Attachment): Attachment => ({ digest, subject })
    const placed = found.map(attachment => (isFree(attachment.tag) ? attachment : untagged(attachment)))
    return mergeAttachments(image.attachments, [...placed, ...made])
  }

  /** Signatures of the image and of what an index lists count, those of other attachments do not. */
  async function isSigned(reader: RepositoryReader, image: ImageContent, found: readonly Attachment[]) {
    const own = new Set(manifestsBelow(loader.nodes, image.digest, new Set(image.omitted)))
    const candidates = mergeAttachments(image.attachments, found).filter(({ subject }) => own.has(subject))
    for (const candidate of candidates)
      if (await isSignature(candidate, digest => loader.recall(reader, digest, signal))) return true
    return false
  }

  /** For a target without the referrers API. */
  function fallbackIndexes(found: readonly FoundAttachment[]): readonly Attachment[] {
    if (options.targetReferrersApi === 'yes') return []
    return listReferrers(found).map(({ subject, text }) => {
      return { digest: addMade(loader, OCI_INDEX, text), subject, tag: referrersTag(subject) }
    })
  }

  return { resolve, nodes: loader.nodes, made: madeBlobs, notes }
}

function addMade(loader: ManifestLoader, mediaType: string, text: string): Digest {
  const bytes = new TextEncoder().encode(text)
  const raw = { digest: digestOf(bytes), mediaType, bytes }
  loader.addNode({ raw, manifest: parseManifest(raw, raw.digest) }, text)
  return raw.digest
}
