/**
 * What a cluster says of its samples → which image each tag of each image stream is made from. Read from the ConfigMap
 * `imagestreamtag-to-image` that the Cluster Samples Operator keeps, or from image streams themselves.
 */
import { parseAllDocuments } from 'yaml'
import { messageOf, UsageError } from '../../errors.ts'
import { isRecord } from '../../oci/json.ts'
import { compareText } from '../../target.ts'

export interface SampleTag {
  /** `ruby` */
  readonly stream: string
  /** `3.3-ubi9` */
  readonly tag: string
  /** As shipped: `registry.redhat.io/ubi9/ruby-33:latest`. */
  readonly image: string
}

export interface SampleInventory {
  /** Sorted by stream and tag; aliases of other tags have no image of their own and are not among them. */
  readonly tags: readonly SampleTag[]
  /** Every image stream that the operator would install, sorted. */
  readonly streams: readonly string[]
}

/** The operator's ConfigMap leaves out what begins with `jenkins`, and it installs these nevertheless. */
const UNLISTED = ['jenkins', 'jenkins-agent-base'] as const
/** In the same namespace, and made from the release: the Samples Operator has nothing to do with them. */
const OF_RELEASES: ReadonlySet<string> = new Set([
  'cli',
  'cli-artifacts',
  'driver-toolkit',
  'installer',
  'installer-artifacts',
  'must-gather',
  'network-tools',
  'oauth-proxy',
  'tests',
  'tools',
])
const HINT =
  'name what the cluster says: oc get configmap imagestreamtag-to-image -n openshift-cluster-samples-operator -o yaml, or image streams'

type Fields = Readonly<Record<string, unknown>>

/**
 * @param files path and text, YAML or JSON
 * @throws UsageError naming the file and what is wrong with it
 */
export function readInventory(files: readonly (readonly [path: string, text: string])[]): SampleInventory {
  const tags = new Map<string, SampleTag>()
  const streams = new Set<string>()
  for (const [path, text] of files)
    for (const found of readFile(path, text)) {
      for (const stream of found.streams) streams.add(stream)
      for (const each of found.tags) {
        const key = `${each.stream}:${each.tag}`
        const before = tags.get(key)
        if (before !== undefined && before.image !== each.image)
          throw new UsageError(`${path}: ${key} is ${each.image}, and ${before.image} elsewhere`, {
            hint: 'give files of one cluster',
          })
        tags.set(key, each)
      }
    }
  const sorted = [...tags].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each)
  return { tags: sorted, streams: [...streams].sort(compareText) }
}

function readFile(path: string, text: string): readonly SampleInventory[] {
  const objects = documentsOf(path, text).flatMap(document =>
    Array.isArray(document.items) ? document.items.filter(isRecord) : [document],
  )
  const found = objects.flatMap(object => {
    if (object.kind === 'ConfigMap') return [fromConfigMap(path, object)]
    return object.kind === 'ImageStream' ? fromImageStream(path, object) : []
  })
  if (found.length === 0)
    throw new UsageError(`${path} holds neither the ConfigMap imagestreamtag-to-image nor image streams`, {
      hint: HINT,
    })
  return found
}

function documentsOf(path: string, text: string): readonly Fields[] {
  const documents = parseAllDocuments(text, { logLevel: 'error' })
  if (!Array.isArray(documents)) return []
  try {
    return documents.map((document): Fields => {
      const [broken] = document.errors
      if (broken !== undefined) throw broken
      const value: unknown = document.toJS({ maxAliasCount: 0 })
      return isRecord(value) ? value : {}
    })
  } catch (cause) {
    throw new UsageError(`${path} is not YAML or JSON: ${messageOf(cause).split('\n', 1)[0]}`, {
      cause,
      hint: HINT,
    })
  }
}

/** `data["<stream>_<tag>"]`: names of streams have no `_`. */
function fromConfigMap(path: string, { data }: Fields): SampleInventory {
  const entries = isRecord(data) ? Object.entries(data) : []
  if (entries.length === 0) throw new UsageError(`${path}: the ConfigMap has no data`, { hint: HINT })
  const tags = entries.map(([key, image]): SampleTag => {
    const at = key.indexOf('_')
    if (at < 1 || at === key.length - 1 || typeof image !== 'string')
      throw new UsageError(`${path}: "${key}" is no entry of imagestreamtag-to-image`, { hint: HINT })
    return { stream: key.slice(0, at), tag: key.slice(at + 1), image }
  })
  return { tags, streams: [...tags.map(({ stream }) => stream), ...UNLISTED] }
}

function fromImageStream(path: string, { metadata, spec }: Fields): readonly SampleInventory[] {
  const name = isRecord(metadata) ? metadata.name : undefined
  if (typeof name !== 'string' || name === '')
    throw new UsageError(`${path}: an image stream has no name`, { hint: HINT })
  if (OF_RELEASES.has(name)) return []
  const listed = isRecord(spec) && Array.isArray(spec.tags) ? spec.tags.filter(isRecord) : []
  const tags = listed.flatMap((each): readonly SampleTag[] => {
    const from = isRecord(each.from) ? each.from : {}
    if (from.kind !== 'DockerImage') return []
    if (typeof each.name === 'string' && typeof from.name === 'string')
      return [{ stream: name, tag: each.name, image: from.name }]
    throw new UsageError(`${path}: a tag of the image stream ${name} has no name or no image`, { hint: HINT })
  })
  return [{ tags, streams: [name] }]
}
