/**
 * A rendered template → the images its documents name: in every list of containers, wherever it stands (pods, and what
 * makes pods: Deployments, CronJobs, custom resources with a pod template), in image volumes, and where the image set's
 * own expressions point. oc-mirror v2 looks at two places of each list (spec, 4.2); everything it finds is found here.
 */
import { parse } from 'yaml'
import type { JsonPath } from '../../../config/index.ts'
import { messageOf } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'
import { YAML_OPTIONS } from '../yaml-options.ts'
import { findTexts } from './follow-path.ts'

export interface FoundTexts {
  /** What containers run: an image whatever it looks like. */
  readonly images: ReadonlySet<string>
  /** What the expressions of the image set found: perhaps an image. */
  readonly pointedAt: ReadonlySet<string>
  /** Why parts of the text are no YAML, with that part. */
  readonly unread: readonly UnreadPart[]
}

export interface UnreadPart {
  readonly reason: string
  readonly text: string
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const
const SEPARATOR = /^---(?:[ \t].*)?$/m

export function findImages(text: string, imagePaths: readonly JsonPath[]): FoundTexts {
  const images = new Set<string>()
  const pointedAt = new Set<string>()
  const unread: UnreadPart[] = []
  for (const part of text.split(SEPARATOR)) {
    if (part.trim() === '') continue
    const { document, reason } = readPart(part)
    if (reason !== undefined) unread.push({ reason, text: part })
    for (const resource of resourcesIn(document)) {
      if (isTestHook(resource)) continue
      addContainerImages(resource, images)
      for (const path of imagePaths) for (const found of findTexts(resource, path)) pointedAt.add(found)
    }
  }
  return { images, pointedAt, unread }
}

function readPart(text: string): { readonly document?: unknown; readonly reason?: string } {
  try {
    return { document: parse(text, YAML_OPTIONS) }
  } catch (error) {
    return { reason: messageOf(error).split('\n', 1)[0] ?? '' }
  }
}

/** A List stands for its items. */
function resourcesIn(document: unknown): readonly unknown[] {
  if (!isRecord(document)) return []
  const { kind, items } = document
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
  return isList ? items.flatMap(resourcesIn) : [document]
}

/** What `helm test` runs, and nothing else does (Helm, "Chart Hooks"). */
function isTestHook(resource: unknown): boolean {
  const metadata = isRecord(resource) && isRecord(resource.metadata) ? resource.metadata : {}
  const hook = isRecord(metadata.annotations) ? metadata.annotations['helm.sh/hook'] : undefined
  const kinds = typeof hook === 'string' ? hook.split(',').map(kind => kind.trim()) : []
  return kinds.length > 0 && kinds.every(kind => kind.startsWith('test'))
}

function addContainerImages(value: unknown, images: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addContainerImages(item, images)
  if (!isRecord(value)) return
  for (const name of CONTAINER_LISTS) {
    const list = value[name]
    for (const container of Array.isArray(list) ? list : [])
      if (isRecord(container)) add(container.image, images)
  }
  for (const volume of Array.isArray(value.volumes) ? value.volumes : [])
    if (isRecord(volume) && isRecord(volume.image)) add(volume.image.reference, images)
  for (const inner of Object.values(value)) addContainerImages(inner, images)
}

function add(text: unknown, images: Set<string>): void {
  if (typeof text === 'string' && text.trim() !== '') images.add(text.trim())
}
