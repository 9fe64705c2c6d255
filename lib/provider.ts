/**
 * What the core needs from the places that hold images.
 *
 * A registry, an OCI layout folder and an archive are equal citizens: each offers repositories that can be read, and
 * those that are targets can be written. A capability that only some places have (listing tags, referrers, deletes) is
 * an interface of its own, asked for with a type guard. Nothing here knows how any of it is done.
 */
import type { Absence } from './errors.ts'
import type { Descriptor } from './oci/descriptor.ts'
import type { Digest } from './oci/digest.ts'
import type { RawManifest } from './oci/manifest.ts'
import type { Reference, RepositoryPath, Tag } from './oci/reference.ts'
import type { Destination, TargetAddress } from './target.ts'

/** Reads one repository. Every byte it yields has been checked against the digest it was asked for by. */
export interface RepositoryReader {
  /** For messages: `quay.io/acme/app`, `oci:/srv/layout`. */
  readonly name: string
  /** Of an image that is not there, where there is more to say than that its name may be wrong. */
  readonly absence?: Absence
  /** What a tag (or digest) names now, without fetching it where the place allows that; undefined when it is not there. */
  resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined>
  /** @throws PlaceError with status 404 when it is not there, DigestMismatchError when the bytes are wrong. */
  manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest>
  /** A stream that never delivers a whole blob that is wrong (see `verifyStream`). */
  blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

/** A repository that can list its tags. */
export interface TagLister {
  /**
   * At most about `limit` tags (default: all), sorted. `complete` is false when there are more.
   * undefined when the repository does not exist.
   */
  tags(signal: AbortSignal, limit?: number): Promise<TagList | undefined>
}

export interface TagList {
  readonly tags: readonly Tag[]
  readonly complete: boolean
}

/** A repository that answers which manifests have a given one as their `subject` (OCI distribution-spec 1.1). */
export interface ReferrersLister {
  /** undefined when this place has no referrers API, so that the fallback tag has to be used. */
  referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined>
}

export interface BlobContent {
  /** Opens the content at its source; called only when the bytes are about to be needed, and once more for each retry. */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  /** A repository of the same target that holds the blob already. */
  readonly mountFrom?: RepositoryPath | undefined
}

/** Writes one repository of a target. */
export interface RepositoryWriter {
  hasBlob(descriptor: Descriptor, signal: AbortSignal): Promise<boolean>
  /** Puts the blob there, by mounting where `mountFrom` allows it, and resolves once the place has confirmed its digest. */
  pushBlob(descriptor: Descriptor, content: BlobContent, signal: AbortSignal): Promise<'mounted' | 'uploaded'>
  /** Puts the manifest, verbatim, under a tag or under its own digest. */
  pushManifest(manifest: RawManifest, as: Tag | Digest, signal: AbortSignal): Promise<void>
  /** Resolves also when the tag is not there. @throws PlaceError */
  deleteTag(tag: Tag, signal: AbortSignal): Promise<void>
  /** Resolves also when the manifest is not there. On many registries its tags go with it. @throws PlaceError */
  deleteManifest(digest: Digest, signal: AbortSignal): Promise<void>
}

export type TargetRepository = RepositoryReader & RepositoryWriter & TagLister & ReferrersLister

export type Ability = 'yes' | 'no' | 'unknown'

/** What a target can do, as far as it can be known without changing anything in it. */
export interface TargetAbilities {
  /** Removing one tag and leaving the others on the same digest. */
  readonly deleteTag: Ability
  /** Removing a manifest by digest. */
  readonly deleteManifest: Ability
  /** Taking an index some of whose children are missing. */
  readonly sparseIndex: Ability
  readonly referrersApi: Ability
}

/** A place that can be planned against and applied to. */
export interface Target {
  readonly address: TargetAddress
  repository(path: RepositoryPath): TargetRepository
  /** `repository` is one the credentials are for. Asks at most a few requests, none of which changes anything. */
  abilities(
    repository: RepositoryPath,
    asked: readonly (keyof TargetAbilities)[],
    signal: AbortSignal,
  ): Promise<TargetAbilities>
}

/** A target that knows how much it can still take. */
export interface SpaceTeller {
  /** Bytes; undefined where it cannot be told. */
  freeBytes(signal: AbortSignal): Promise<number | undefined>
}

/** A target whose repositories are in projects that have to exist before, and that can tell which do not (Harbor). */
export interface ProjectTeller {
  /** Names, sorted. Asks at most once for each project, and changes nothing. */
  missingProjects(repositories: readonly RepositoryPath[], signal: AbortSignal): Promise<readonly string[]>
}

/** A target whose missing projects can be made by whoever has the right to. */
export interface ProjectMaker {
  /** Says that these and no others may be made: what the plan that is being applied lists. */
  approveProjects(names: readonly string[]): void
  /** Makes a private project; resolves also when it is there already. @throws PlaceError */
  createProject(name: string, signal: AbortSignal): Promise<void>
}

export interface ImmutableTag {
  readonly destination: Destination
  /** How that is known. */
  readonly because: string
  /** What lets the tag move. */
  readonly advice: string
}

/** A target that can tell which of its tags it does not let name another digest. */
export interface ImmutabilityTeller {
  /** Those of the tags of which it is known. Asks at most once for each tag, and changes nothing. */
  immutableTags(tags: readonly Destination[], signal: AbortSignal): Promise<readonly ImmutableTag[]>
}

/** A target that keeps what an apply found out about it, for the plans that follow. */
export interface AbilityKeeper {
  keepAbility(repository: RepositoryPath, ability: keyof TargetAbilities, answer: 'yes' | 'no'): void
}

/** Where an image comes from. */
export type ImageSource =
  | { readonly kind: 'registry'; readonly reference: Reference }
  | { readonly kind: 'layout'; readonly folder: string; readonly tag?: Tag }

/** Opens sources. The same source gives the same reader, so that what one request learnt serves the next. */
export interface Sources {
  open(source: ImageSource): RepositoryReader
}

/** Manifests kept by digest between runs. A miss or a damaged entry is never an error. */
export interface ManifestCache {
  get(digest: Digest): Promise<RawManifest | undefined>
  put(manifest: RawManifest): Promise<void>
}

export interface WebRequest {
  readonly accept?: string
  /** A longer answer is an error. */
  readonly maxBytes: number
}

/** Reads what is not in a registry: update graphs, signatures of releases, chart indexes. */
export interface WebReader {
  /** The whole body, after retries; undefined when the server says that it is not there (404). @throws PlaceError */
  get(url: string, request: WebRequest, signal: AbortSignal): Promise<Uint8Array | undefined>
}

/** What was worked out from content that never changes, kept between runs. A miss or a damaged entry is never an error. */
export interface FactCache {
  /** @param key names what was asked and, by digest, what it was asked of: `payload/sha256:…` */
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, bytes: Uint8Array): Promise<void>
}

export function canListTags<R extends RepositoryReader>(reader: R): reader is R & TagLister {
  return 'tags' in reader && typeof reader.tags === 'function'
}

export function canListReferrers<R extends RepositoryReader>(reader: R): reader is R & ReferrersLister {
  return 'referrers' in reader && typeof reader.referrers === 'function'
}

export function canTellSpace(target: Target): target is Target & SpaceTeller {
  return 'freeBytes' in target && typeof target.freeBytes === 'function'
}

export function canTellProjects(target: Target): target is Target & ProjectTeller {
  return 'missingProjects' in target && typeof target.missingProjects === 'function'
}

export function canMakeProjects(target: Target): target is Target & ProjectMaker {
  return 'createProject' in target && typeof target.createProject === 'function'
}

export function canTellImmutability(target: Target): target is Target & ImmutabilityTeller {
  return 'immutableTags' in target && typeof target.immutableTags === 'function'
}

export function canKeepAbilities(target: Target): target is Target & AbilityKeeper {
  return 'keepAbility' in target && typeof target.keepAbility === 'function'
}
