/**
 * Planning and applying as the commands do it, with places in memory: image references in, a plan and a result out.
 */
import { type ApplyEvent, type ApplyResult, applyPlan, readState } from '../lib/apply/index.ts'
import type { KeptDocument } from '../lib/content/documents.ts'
import type { Selection } from '../lib/content/selection.ts'
import type { WantedImage } from '../lib/content/wanted.ts'
import { PlaceError } from '../lib/errors.ts'
import type { IncompleteBundle } from '../lib/graph/graph.ts'
import { withoutIncomplete } from '../lib/graph/incomplete.ts'
import { formatSource, placeImages } from '../lib/graph/naming.ts'
import type { PlatformIndexMode } from '../lib/graph/platform-choice.ts'
import { type AttachmentPolicy, resolveError, resolveGraph } from '../lib/graph/resolve.ts'
import { parsePlatform } from '../lib/oci/platform.ts'
import { digestTag, parseReference, parseTag } from '../lib/oci/reference.ts'
import { makePlan, type PlanRequest } from '../lib/plan/make-plan.ts'
import type { Plan, PlanOptions } from '../lib/plan/plan.ts'
import { planDigest } from '../lib/plan/plan-file.ts'
import { scopeOf } from '../lib/plan/scope.ts'
import type { ManifestCache, Sources, Target } from '../lib/provider.ts'
import type { State, StateStore } from '../lib/state.ts'
import type { MemoryRegistry } from './memory-registry.ts'

export const noCache: ManifestCache = { get: async () => undefined, put: async () => {} }

export function never(): AbortSignal {
  return new AbortController().signal
}

/** Sources whose hosts are these registries. */
export function sourcesOf(...registries: readonly MemoryRegistry[]): Sources {
  return {
    open(source) {
      if (source.kind !== 'registry') throw new PlaceError('only registries')
      const registry = registries.find(({ host }) => host === source.reference.host)
      if (registry === undefined) throw new PlaceError(`no host ${source.reference.host}`)
      return registry.repository(source.reference.path)
    },
  }
}

/** `host/path:tag` or `host/path@digest`, with the platforms that are wanted of it after spaces. */
export function wantedImage(text: string): WantedImage {
  const [name = '', ...platforms] = text.split(' ')
  const reference = parseReference(name)
  const tag =
    reference.tag ?? parseTag(reference.digest === undefined ? 'latest' : digestTag(reference.digest))
  return {
    source: { kind: 'registry', reference },
    repository: reference.path,
    tag,
    platforms: platforms.map(parsePlatform),
    origins: [{ kind: 'additionalImage', name }],
  }
}

export interface MirrorSetup {
  readonly target: Target
  readonly sources: Sources
  readonly store: StateStore
  readonly cache?: ManifestCache
}

export interface PlanChoices extends Partial<PlanOptions> {
  readonly platformIndex?: PlatformIndexMode
  readonly attachments?: AttachmentPolicy
  readonly maxDeletePercent?: number
  readonly protect?: readonly string[]
  readonly skipDeletes?: boolean
  readonly selections?: readonly Selection[]
  readonly documents?: readonly KeptDocument[]
  readonly createProjects?: boolean
  /** What counts as held where there is no state. */
  readonly inherited?: State
  /** Bundles known to lack an image. */
  readonly incomplete?: readonly IncompleteBundle[]
}

export async function planFor(
  { target, sources, store, cache = noCache }: MirrorSetup,
  wanted: readonly (string | WantedImage)[],
  choices: PlanChoices = {},
): Promise<Plan> {
  const { refresh = true, only = [], exclude = [], destroy = false, allowMassDelete = false } = choices
  const { loaded } = await readState(store)
  const images = wanted.map(image => (typeof image === 'string' ? wantedImage(image) : image))
  const placed = placeImages(target.address, images, 0)
  const prefix = target.address.kind === 'registry' ? target.address.prefix : ''
  const inScope = scopeOf(prefix, only, exclude)
  const isWanted = (image: (typeof placed)[number]) => inScope(image.destination, formatSource(image.source))
  const first = placed[0]
  const abilities =
    refresh && first !== undefined
      ? await target.abilities(first.destination.repository, ['referrersApi', 'sparseIndex'], never())
      : NOTHING_KNOWN
  const inside = placed.filter(isWanted)
  const resolved = await resolveGraph(
    inside,
    {
      sources,
      cache,
      state: loaded?.state ?? choices.inherited,
      refresh,
      platformIndex: choices.platformIndex ?? 'sparse',
      attachments: choices.attachments ?? 'copy-if-present',
      targetReferrersApi: abilities.referrersApi,
    },
    never(),
  )
  const { graph, failures, ...withheld } = withoutIncomplete(resolved, inside, choices.incomplete ?? [])
  if (failures.length > 0) throw resolveError(failures)
  const request: PlanRequest = {
    graph,
    withheld,
    wantedElsewhere: placed.filter(image => !isWanted(image)).map(image => image.destination),
    loaded,
    inherited: choices.inherited,
    target,
    abilities,
    inputs: [],
    options: { refresh, only, exclude, destroy, allowMassDelete },
    maxDeletePercent: choices.maxDeletePercent ?? 100,
    protect: choices.protect ?? [],
    skipDeletes: choices.skipDeletes ?? false,
    createProjects: choices.createProjects ?? false,
    notes: resolved.notes,
    selections: choices.selections ?? [],
    documents: choices.documents ?? [],
    statePath: store.name,
  }
  return makePlan(request, never())
}

const NOTHING_KNOWN = {
  deleteTag: 'unknown',
  deleteManifest: 'unknown',
  sparseIndex: 'unknown',
  referrersApi: 'unknown',
} as const

export interface ApplyChoices {
  readonly emit?: (event: ApplyEvent) => void
  readonly signal?: AbortSignal
  readonly stopping?: AbortSignal
  readonly parallelImages?: number
  readonly parallelBlobs?: number
  readonly announce?: (notes: { readonly replayed: number }) => void
  /** Milliseconds since the target was asked for the plan; default: it is a plan from a file. */
  readonly askedBefore?: number
}

export function applyTo(
  { target, sources, store, cache = noCache }: MirrorSetup,
  plan: Plan,
  choices: ApplyChoices = {},
): Promise<ApplyResult> {
  return applyPlan(
    {
      plan,
      planDigest: planDigest(plan),
      store,
      announce: choices.announce ?? (() => {}),
      now: () => 0,
      askedAt: choices.askedBefore === undefined ? undefined : -choices.askedBefore,
    },
    {
      target,
      sources,
      cache,
      emit: choices.emit ?? (() => {}),
      parallelImages: choices.parallelImages ?? 8,
      parallelBlobs: choices.parallelBlobs ?? 8,
      signal: choices.signal ?? never(),
      stopping: choices.stopping ?? never(),
    },
  )
}

/** Each change as `action destination`, in the order of the plan. */
export function changesOf(plan: Plan): readonly string[] {
  return plan.changes.map(
    ({ action, image }) => `${action} ${image.destination.repository}:${image.destination.tag}`,
  )
}
