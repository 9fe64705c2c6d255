/**
 * The words of `oc adm release mirror` -> what is to be mirrored where. Everything that can be wrong with the command line is
 * found here, before anybody is asked.
 */
import { join } from 'node:path'
import {
  type MirrorChoice,
  parseReleaseDestination,
  type ReleaseDestination,
  type ReleasePlace,
} from '../../lib/content/release/mirror-release.ts'
import { isVersion } from '../../lib/content/release/update-graph/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { parseReference, parseRepositoryPath, withDefaultTag } from '../../lib/oci/reference.ts'
import type { InstructionKind } from '../../lib/resources/release-instructions.ts'
import { formatTarget, type TargetAddress } from '../../lib/target.ts'
import { type ReleaseFrom, SIGNATURE_FOLDER } from '../wiring/content/collect-release-mirror.ts'
import {
  type DiskReference,
  diskTarget,
  isDiskReference,
  parseDiskReference,
} from '../wiring/places/disk-images.ts'
import { namedRelease } from './named-release.ts'
import type { ReleaseMirrorArguments } from './release-mirror-flags.ts'

export interface ReleaseMirrorWish {
  readonly from:
    | Exclude<ReleaseFrom, { kind: 'disk' }>
    | { readonly kind: 'disk'; readonly reference: DiskReference; readonly folder: string }
  /** As it was written. */
  readonly fromText: string
  readonly target: TargetAddress
  readonly choice: MirrorChoice
  readonly instructions: InstructionKind
  readonly signatureFolder: string | undefined
}

/** What oc calls a release on a disk. */
const DISK_REPOSITORY = parseRepositoryPath('openshift/release')
const INSTRUCTIONS = ['icsp', 'idms', 'none'] as const satisfies readonly InstructionKind[]

const NAME_IT = 'name it with --from: a version, or quay.io/openshift-release-dev/ocp-release:4.16.8-x86_64'

/** @throws UsageError, SyntaxFault */
export function releaseMirrorWish(args: ReleaseMirrorArguments): ReleaseMirrorWish {
  const fromText = namedRelease(args, NAME_IT)
  refuseTogether(args)
  const to = destinationOf(args)
  const releaseImage = args.toReleaseImage === undefined ? undefined : placeOf(args.toReleaseImage)
  if (releaseImage !== undefined && releaseImage.host !== to.host)
    throw new UsageError('--to and --to-release-image are in different places', {
      hint: 'one run has one target: mirror the release image alone with `mirrorform image mirror`, and leave it out here with --skip-release-image',
    })
  return {
    from: fromOf(fromText, args),
    fromText,
    target: targetOf(to, releaseImage, args),
    choice: { to, toReleaseImage: releaseImage, skipReleaseImage: args.skipReleaseImage },
    instructions: instructionsOf(args),
    signatureFolder: signatureFolderOf(args),
  }
}

function refuseTogether(args: ReleaseMirrorArguments): void {
  const { skipReleaseImage, toReleaseImage, ignoreReleaseSignature, releaseImageSignatureToDir } = args
  if (skipReleaseImage && toReleaseImage !== undefined)
    throw new UsageError('--skip-release-image and --to-release-image exclude each other', {
      hint: 'with the first the release image goes nowhere',
    })
  if (ignoreReleaseSignature && releaseImageSignatureToDir !== undefined)
    throw new UsageError(
      '--ignore-release-signature and --release-image-signature-to-dir exclude each other',
      {
        hint: 'only signatures that were verified are written',
      },
    )
}

function fromOf(text: string, { fromDir = '.' }: ReleaseMirrorArguments): ReleaseMirrorWish['from'] {
  if (isVersion(text)) return { kind: 'version', version: text }
  if (isDiskReference(text)) return { kind: 'disk', reference: onDisk(text), folder: fromDir }
  if (!text.includes('/'))
    throw new UsageError(`"${text}" is neither a version nor a reference`, {
      hint: 'a version has three numbers, 4.16.8; a reference its registry, quay.io/openshift-release-dev/ocp-release:4.16.8-x86_64',
    })
  return { kind: 'reference', reference: withDefaultTag(parseReference(text)) }
}

function onDisk(text: string): DiskReference {
  const reference = parseDiskReference(text)
  if (reference.tag !== undefined || reference.digest !== undefined) return reference
  throw new UsageError(`${text} has no tag`, {
    hint: 'name the release as it was printed when it was put there: file://openshift/release:VERSION-MACHINE',
  })
}

/** An empty host is a disk. */
function destinationOf({ to, toDir, toMirror }: ReleaseMirrorArguments): ReleaseDestination {
  if (to === undefined && (toDir !== undefined || toMirror)) return { host: '', repository: DISK_REPOSITORY }
  if (to === undefined)
    throw new UsageError('nowhere to mirror the release to', {
      hint: 'say --to=HOST[:PORT]/REPOSITORY, or --to-dir=FOLDER',
    })
  if (!isDiskReference(to)) return inRegistry(to.replace(/^docker:\/\//, ''))
  const { repository, template } = parseReleaseDestination(`localhost/${to.replace(/^file:\/+/, '')}`)
  return { host: '', repository, ...(template !== undefined && { template }) }
}

function inRegistry(to: string): ReleaseDestination {
  if (to.includes('/')) return parseReleaseDestination(to)
  throw new UsageError(`--to "${to}" has a registry or a repository, and both are needed`, {
    hint: 'say --to=HOST[:PORT]/REPOSITORY, for instance reg.lan:5000/ocp4/openshift4',
  })
}

function placeOf(text: string): ReleasePlace & { readonly host: string } {
  const isDisk = isDiskReference(text)
  const { host, path, tag, digest } = parseReference(
    isDisk ? `localhost/${text.replace(/^file:\/+/, '')}` : text,
  )
  if (tag === undefined || digest !== undefined)
    throw new UsageError(`--to-release-image "${text}" has no tag`, {
      hint: 'write HOST[:PORT]/REPOSITORY:TAG, for instance with the tag 4.16.8-x86_64',
    })
  return { host: isDisk ? '' : host, repository: path, tag }
}

/**
 * The namespace of the repository, where that of the release image is in it too; else the whole registry. So a mirror that
 * is kept by image sets has a state of its own.
 */
function targetOf(
  { host, repository }: ReleaseDestination,
  releaseImage: ReleasePlace | undefined,
  { toDir = '.', toMirror }: ReleaseMirrorArguments,
): TargetAddress {
  if (host === '') return toMirror ? { kind: 'layout', folder: toDir } : diskTarget(toDir)
  const namespace = repository.slice(0, Math.max(0, repository.lastIndexOf('/')))
  const isInside = releaseImage === undefined || releaseImage.repository.startsWith(`${namespace}/`)
  const prefix = isInside && namespace !== '' ? parseRepositoryPath(namespace) : ''
  return { kind: 'registry', host, prefix }
}

function instructionsOf({ printMirrorInstructions = 'icsp' }: ReleaseMirrorArguments): InstructionKind {
  const asked = printMirrorInstructions.toLowerCase()
  const kind = INSTRUCTIONS.find(each => each === asked)
  if (kind !== undefined) return kind
  throw new UsageError(`--print-mirror-instructions may not be ${printMirrorInstructions}`, {
    hint: `choose one of ${INSTRUCTIONS.join(', ')}`,
  })
}

function signatureFolderOf(args: ReleaseMirrorArguments): string | undefined {
  const { releaseImageSignatureToDir, toDir, ignoreReleaseSignature } = args
  if (releaseImageSignatureToDir !== undefined) return releaseImageSignatureToDir
  return toDir === undefined || ignoreReleaseSignature ? undefined : join(toDir, SIGNATURE_FOLDER)
}

/** `reg.lan/ocp4/openshift4:4.16.8-x86_64`, `file://openshift/release:4.16.8-x86_64` */
export function placeText(
  { target }: Pick<ReleaseMirrorWish, 'target'>,
  { repository, tag }: ReleasePlace,
): string {
  return `${repositoryText(target, repository)}:${tag}`
}

export function repositoryText(target: TargetAddress, repository: string): string {
  switch (target.kind) {
    case 'registry':
      return `${target.host}/${repository}`
    case 'layout':
      return `file://${repository}`
    case 'archive':
      return `${formatTarget(target)}/${repository}`
    default:
      return target satisfies never
  }
}
