/**
 * The words of `oc adm catalog mirror` -> what is to be mirrored where. Everything that can be wrong with the command line is
 * found here, before anybody is asked.
 */
import { messageOf, UsageError } from '../../lib/errors.ts'
import {
  parseReference,
  parseRepositoryPath,
  type Reference,
  type Tag,
  withDefaultTag,
} from '../../lib/oci/reference.ts'
import { type MirrorScope, plainName } from '../../lib/resources/catalog-manifests.ts'
import { MAX_OBJECT_BYTES } from '../../lib/resources/object-size.ts'
import { parseTarget, type TargetAddress } from '../../lib/target.ts'
import {
  type DiskReference,
  diskTarget,
  isDiskReference,
  parseDiskReference,
} from '../wiring/places/disk-images.ts'
import type { CatalogMirrorArguments } from './catalog-mirror-flags.ts'

export interface CatalogMirrorWish {
  readonly from:
    | { readonly kind: 'reference'; readonly reference: Reference }
    | {
        readonly kind: 'disk'
        readonly reference: DiskReference & { readonly tag: Tag }
        readonly folder: string
      }
  readonly fromText: string
  readonly destinationText: string
  readonly target: TargetAddress
  readonly mountPoint: string
  readonly maxComponents: number
  readonly filter: RegExp
  /** What manifests are named by: without registry and namespace, as a name that Kubernetes takes. */
  readonly name: string
  readonly scopes: { readonly icsp: MirrorScope; readonly idms: MirrorScope }
  readonly sizes: { readonly icsp: number; readonly idms: number }
}

/** oc's default; registries with one level of repositories take no more. */
const MAX_COMPONENTS = 2
const READ_PLATFORM = 'linux/amd64'

/** @throws UsageError, SyntaxFault */
export function catalogMirrorWish(args: CatalogMirrorArguments): CatalogMirrorWish {
  const { source, destination, dir = '.', fromDir = dir } = args
  if (!source || !destination)
    throw new UsageError('a catalog and where it goes are needed', {
      hint: 'mirrorform adm catalog mirror INDEX HOST[:PORT][/REPOSITORY], or file://… for one of them',
    })
  refuseStopping(args)
  const isToDisk = isDiskReference(destination)
  const from = fromOf(source, fromDir)
  if (isToDisk && from.kind === 'disk')
    throw new UsageError('a catalog cannot be mirrored from a disk to a disk', {
      hint: 'copy the folder v2 instead',
    })
  const place = isToDisk ? diskTarget(dir) : registryOf(destination)
  const mountPoint = isToDisk ? parseDiskReference(destination).path : prefixOf(place)
  const maxComponents = isToDisk ? 0 : componentsOf(args)
  return {
    from,
    fromText: source,
    destinationText: destination,
    target: aboveFolded(place, maxComponents),
    mountPoint,
    maxComponents,
    filter: filterOf(args),
    name: plainName(nameOf(from.reference.path)),
    scopes: { icsp: scopeOf('icsp', args.icspScope), idms: scopeOf('idms', args.idmsScope) },
    sizes: { icsp: sizeOf('icsp', args.maxIcspSize), idms: sizeOf('idms', args.maxIdmsSize) },
  }
}

function refuseStopping({ continueOnError }: CatalogMirrorArguments): void {
  if (continueOnError === false)
    throw new UsageError('--continue-on-error=false is not taken here', {
      hint: '--dry-run names everything that cannot be had before anything is copied',
    })
}

function fromOf(text: string, folder: string): CatalogMirrorWish['from'] {
  if (!isDiskReference(text)) return { kind: 'reference', reference: withDefaultTag(parseReference(text)) }
  const { tag, ...reference } = parseDiskReference(text)
  if (tag !== undefined) return { kind: 'disk', reference: { ...reference, tag }, folder }
  throw new UsageError(`${text} has no tag`, {
    hint: 'name the catalog as it was printed when it was put there: file://local/index/NAMESPACE/NAME:TAG',
  })
}

function registryOf(text: string): TargetAddress {
  try {
    return parseTarget(text.startsWith('docker://') ? text : `docker://${text}`)
  } catch (cause) {
    throw new UsageError(`"${text}" is no place for a catalog: ${messageOf(cause)}`, {
      cause,
      hint: 'write HOST[:PORT][/REPOSITORY], or file:///local/index for a folder',
    })
  }
}

/** The last components of a destination are folded into the names of images where it has so many: what is above them. */
function aboveFolded(target: TargetAddress, maxComponents: number): TargetAddress {
  if (target.kind !== 'registry' || target.prefix === '' || maxComponents === 0) return target
  const above = target.prefix
    .split('/')
    .slice(0, maxComponents - 1)
    .join('/')
  return { ...target, prefix: parseRepositoryPath(above) }
}

function prefixOf(target: TargetAddress): string {
  return target.kind === 'registry' ? target.prefix : ''
}

function componentsOf({ maxComponents = MAX_COMPONENTS }: CatalogMirrorArguments): number {
  if (Number.isInteger(maxComponents) && (maxComponents === 0 || maxComponents > 1)) return maxComponents
  throw new UsageError(`--max-components may not be ${maxComponents}`, {
    hint: '0 keeps paths as they are; else 2 or more',
  })
}

function filterOf({ indexFilterByOs, filterByOs }: CatalogMirrorArguments): RegExp {
  const text = indexFilterByOs ?? filterByOs ?? READ_PLATFORM
  try {
    return new RegExp(text)
  } catch (cause) {
    throw new UsageError(`--index-filter-by-os "${text}" is no regular expression: ${messageOf(cause)}`, {
      cause,
      hint: "it is held against os/arch[/variant], for instance 'linux/(amd64|arm64)'",
    })
  }
}

/** `redhat-operator-index` of `redhat/redhat-operator-index`: without the first part where there are several (oc). */
function nameOf(path: string): string {
  return path.includes('/') ? path.slice(path.indexOf('/') + 1) : path
}

function scopeOf(kind: string, text = 'repository'): MirrorScope {
  if (text === 'repository' || text === 'registry') return text
  throw new UsageError(`--${kind}-scope may not be ${text}`, { hint: 'choose one of repository, registry' })
}

function sizeOf(kind: string, bytes = MAX_OBJECT_BYTES): number {
  if (Number.isInteger(bytes) && bytes > 0 && bytes <= MAX_OBJECT_BYTES) return bytes
  throw new UsageError(`--max-${kind}-size may not be ${bytes}`, {
    hint: `a number of bytes, at most ${MAX_OBJECT_BYTES}`,
  })
}
