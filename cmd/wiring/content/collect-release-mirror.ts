/**
 * A release named on the command line (`adm release mirror`) -> wanted images. It is named by version, by reference, or as
 * it lies on a disk; in any case its signature is looked at before anything else is done with it.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Documents, KeptDocument } from '../../../lib/content/documents.ts'
import { machineOf } from '../../../lib/content/release/architecture.ts'
import type { SignatureOptions } from '../../../lib/content/release/index.ts'
import {
  type MirrorChoice,
  mirrorRelease,
  type ReleaseToMirror,
} from '../../../lib/content/release/mirror-release.ts'
import { payloadOfVersion } from '../../../lib/content/release/payload-of-version.ts'
import { signatureUrl } from '../../../lib/content/release/signatures/index.ts'
import type { WantedImage } from '../../../lib/content/wanted.ts'
import { MissingImageError, messageOf, PlanError } from '../../../lib/errors.ts'
import { placeImages } from '../../../lib/graph/naming.ts'
import { type Digest, digestOf } from '../../../lib/oci/digest.ts'
import { isRecord } from '../../../lib/oci/json.ts'
import { formatReference, parseReference, pullBy, type Reference } from '../../../lib/oci/reference.ts'
import type { Sources } from '../../../lib/provider.ts'
import { signatureFileName } from '../../../lib/resources/signature-file.ts'
import type { Invocation } from '../../invocation.ts'
import { type DiskImages, type DiskReference, diskFirst } from '../places/disk-images.ts'
import type { Places } from '../places/open-places.ts'
import { openWebPlaces, type WebArguments } from '../places/open-web.ts'
import type { WantedSet } from '../wanted-images.ts'
import { NOTHING_WANTED, type WantedInput } from '../wanted-inputs.ts'
import { signatureOptions } from './release-settings.ts'

export type ReleaseFrom =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'reference'; readonly reference: Reference }
  /** `folder` is the one that a person names; signatures are in its `config`. */
  | {
      readonly kind: 'disk'
      readonly reference: DiskReference
      readonly disk: DiskImages
      readonly folder: string
    }

export interface ReleaseMirrorRequest {
  readonly from: ReleaseFrom
  /** As it was typed. */
  readonly name: string
  readonly choice: MirrorChoice
  readonly verify: boolean
}

export interface CollectedRelease extends ReleaseToMirror {
  readonly images: readonly WantedImage[]
  readonly documents: readonly KeptDocument[]
  readonly notes: readonly string[]
}

/** What a payload is called that lies on a disk without its signature. */
const USUAL_NAME = parseReference('quay.io/openshift-release-dev/ocp-release')
/** Where oc and mirrorform write the signatures of what they put on a disk. */
export const SIGNATURE_FOLDER = 'config'

const CARRY_AGAIN = 'carry the file again, or take it away to have the signature looked for in the network'

/** @param tell is given the release as soon as it is read */
export function releaseMirrorInput(
  request: ReleaseMirrorRequest,
  args: WebArguments,
  tell: (release: CollectedRelease) => void,
): WantedInput {
  const { from, name } = request
  return {
    inputs: [],
    ...(from.kind === 'disk' && { sources: named => releaseOnDisk(from, named) }),
    collect: async ({ address }, { places, invocation }): Promise<WantedSet> => {
      const release = await collectReleaseMirror(request, args, places, invocation)
      tell(release)
      const host = address.kind === 'registry' ? { ...address, prefix: '' as const } : address
      return {
        ...NOTHING_WANTED,
        images: placeImages(host, release.images, 0),
        selections: [
          {
            title: `release ${name}`,
            kept: [
              {
                name: `${release.payload.version} (${machineOf(release.payload.architecture)})`,
                why: 'requested on the command line',
              },
            ],
            remarks: [],
          },
        ],
        documents: release.documents,
        notes: release.notes,
      }
    },
  }
}

/** Images of the release that are on the disk are read there, the others where the release names them (oc). */
export function releaseOnDisk(from: Extract<ReleaseFrom, { kind: 'disk' }>, named: Sources): Sources {
  const reader = from.disk.repository(from.reference.path)
  return diskFirst(named, source =>
    source.kind === 'registry' && source.reference.digest !== undefined ? reader : undefined,
  )
}

/** @throws PlanError when it is not there, cannot be read or has no valid signature; PlaceError */
export async function collectReleaseMirror(
  { from, choice, verify }: ReleaseMirrorRequest,
  args: WebArguments,
  places: Pick<Places, 'sources' | 'cache'>,
  invocation: Pick<Invocation, 'env' | 'home' | 'interrupts'>,
): Promise<CollectedRelease> {
  const { createReleaseReader } = await import('../../../lib/content/release/index.ts')
  const signal = invocation.interrupts.soft.signal
  const signatures = await signatureOptions(invocation.env)
  const kept = from.kind === 'disk' && verify ? await signaturesOnDisk(from, signatures, signal) : undefined
  const web = await openWebPlaces(args, invocation)
  const documents = kept === undefined ? web.documents : onlyThese(kept)
  try {
    const named =
      from.kind === 'version'
        ? await payloadOfVersion(
            { version: from.version, architecture: 'amd64', updateUrl: invocation.env.UPDATE_URL_OVERRIDE },
            documents,
            signal,
          )
        : await pinPayload(from, places.sources, signal)
    const read = createReleaseReader({ ...places, facts: web.facts, documents }, signatures)
    const found = await read({ payload: named, product: 'ocp', platforms: [], verify }, signal).catch(
      (error: unknown) => {
        const isAsked = verify && from.kind === 'disk' && kept === undefined && error instanceof PlanError
        throw isAsked ? notCarried(error, signatureFileOf(from, named.digest)) : error
      },
    )
    const [signature] = found.signatures
    const signed = from.kind === 'disk' && signature ? parseReference(signature.reference) : named
    const release = { ...found, reference: { host: signed.host, path: signed.path, digest: named.digest } }
    return {
      ...release,
      images: mirrorRelease(release, choice),
      documents: documents.used,
      notes: verify ? [] : [`the signature of ${formatReference(named)} was not looked at`],
    }
  } finally {
    await web.close()
  }
}

async function pinPayload(
  from: Exclude<ReleaseFrom, { kind: 'version' }>,
  sources: Sources,
  signal: AbortSignal,
): Promise<Reference & { readonly digest: Digest }> {
  if (from.kind === 'disk') {
    const { host, path } = USUAL_NAME
    return { host, path, digest: await digestOnDisk(from, signal) }
  }
  const { reference } = from
  if (reference.digest !== undefined) return { ...reference, digest: reference.digest }
  const reader = sources.open({ kind: 'registry', reference })
  const found = await reader.resolve(pullBy(reference), signal)
  if (found !== undefined) return { ...reference, digest: found.digest }
  throw new MissingImageError(`the release ${formatReference(reference)}`, reader.absence)
}

async function digestOnDisk(
  { reference, disk }: Extract<ReleaseFrom, { kind: 'disk' }>,
  signal: AbortSignal,
): Promise<Digest> {
  const by = reference.digest ?? reference.tag
  const found = by === undefined ? undefined : await disk.repository(reference.path).resolve(by, signal)
  if (found !== undefined) return found.digest
  throw new PlanError(`the release file://${reference.path}:${by ?? ''} is not in ${disk.folder}`, {
    hint: 'name it as it was printed when it was put there: file://openshift/release:VERSION-MACHINE',
  })
}

/** What was written beside the images; undefined where nothing was, so that the network is asked. */
async function signaturesOnDisk(
  from: Extract<ReleaseFrom, { kind: 'disk' }>,
  { url }: SignatureOptions,
  signal: AbortSignal,
): Promise<readonly KeptDocument[] | undefined> {
  const digest = await digestOnDisk(from, signal)
  const file = signatureFileOf(from, digest)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const bytes = signaturesIn(text, file)
  return bytes.map((each, at) => ({
    url: signatureUrl(url, digest, at + 1),
    digest: digestOf(each),
    bytes: each,
  }))
}

function signatureFileOf({ folder }: { readonly folder: string }, digest: Digest): string {
  return join(folder, SIGNATURE_FOLDER, signatureFileName(digest))
}

/** The network was asked for signatures because they are not beside the images. */
function notCarried(error: PlanError, file: string): PlanError {
  return new PlanError(messageOf(error), {
    cause: error,
    hint: `signatures are looked for in the network because ${file} is not there: carry the folder ${SIGNATURE_FOLDER} beside the images`,
  })
}

/** Where signatures lie beside the images, what is not among them is nowhere. */
function onlyThese(used: readonly KeptDocument[]): Documents {
  const byUrl = new Map(used.map(({ url, bytes }) => [url, bytes]))
  return { used, read: async url => byUrl.get(url) }
}

function signaturesIn(text: string, file: string): readonly Uint8Array[] {
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch (cause) {
    throw new PlanError(`${file} is no signature ConfigMap: it is not JSON`, {
      cause,
      hint: CARRY_AGAIN,
    })
  }
  const data = isRecord(object) && isRecord(object.binaryData) ? Object.values(object.binaryData) : []
  if (data.length === 0) throw new PlanError(`${file} has no signatures in binaryData`, { hint: CARRY_AGAIN })
  return data.map(value => Buffer.from(String(value), 'base64'))
}
