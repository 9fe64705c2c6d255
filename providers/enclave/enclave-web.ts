/**
 * What is read besides images (update graphs, signatures of releases, charts), for who is behind other targets: from the update
 * service of one of those, from the documents that one of their plans kept, from the state that is read. The services and
 * stores that addresses name are never asked.
 */
import { documentName, type KeptDocument } from '../../lib/content/documents.ts'
import { type Digest, digestOf, parseDigest } from '../../lib/oci/digest.ts'
import type { WebReader } from '../../lib/provider.ts'
import { noDocument, noGraph, noSignature } from './enclave-error.ts'
import type { Hop } from './hop.ts'

/** What a target on the way has of documents. */
export interface DocumentHop {
  readonly name: string
  /** URL of the graph API of the service that serves its clusters. */
  readonly updateService?: string
  /** The plan whose documents these are, and they; absent where none is named. */
  readonly inputs?: { readonly path: string; readonly documents: readonly KeptDocument[] }
}

interface GraphQuestion {
  readonly channel: string
  readonly arch: string
}

/**
 * @param hop the target that images are read at
 * @param hops nearest first: what the nearest says counts
 * @param web reads update services of the hops, files, and charts in registries as images are read
 */
export function enclaveWeb(hop: Hop, hops: readonly DocumentHop[], web: WebReader): WebReader {
  const kept = hops.flatMap(({ inputs }) => inputs?.documents ?? [])
  return {
    async get(url, request, signal) {
      if (/^file:/i.test(url)) return web.get(url, request, signal)
      const same = kept.find(each => each.url === documentName(url))
      if (/^oci:/i.test(url)) return same?.bytes ?? web.get(url, request, signal)
      const signature = signatureIn(url)
      if (signature !== undefined) {
        const found = signaturesOf(signature.digest, hop, kept)
        if (found.length === 0) throw noSignature(hop, signature.digest, hops)
        return found[signature.number - 1]
      }
      const question = questionIn(url)
      if (question === undefined) {
        if (same === undefined) throw noDocument(hop, documentName(url), hops)
        return same.bytes
      }
      for (const { updateService, inputs } of hops) {
        if (updateService !== undefined) return web.get(askedAt(updateService, question), request, signal)
        const known = inputs && graphIn(inputs.documents, url, question)
        if (known !== undefined) return known
      }
      throw noGraph(hop, hops)
    },
  }
}

/** Where graphs are asked for; undefined where the nearest target with something to say has kept documents instead. */
export function updateServiceOf(hops: readonly DocumentHop[]): string | undefined {
  return hops.find(({ updateService, inputs }) => updateService !== undefined || inputs !== undefined)
    ?.updateService
}

/** Any address will do: services are asked the same question everywhere. */
function graphIn(
  documents: readonly KeptDocument[],
  url: string,
  { channel, arch }: GraphQuestion,
): Uint8Array | undefined {
  const same = documents.find(each => each.url === documentName(url))
  const alike = () =>
    documents.find(each => {
      const other = questionIn(each.url)
      return other?.channel === channel && other.arch === arch
    })
  return (same ?? alike())?.bytes
}

/** The query of the OpenShift Update Service: `?arch=amd64&channel=stable-4.16`. */
function questionIn(url: string): GraphQuestion | undefined {
  if (!URL.canParse(url)) return undefined
  const { searchParams } = new URL(url)
  const [channel, arch] = [searchParams.get('channel'), searchParams.get('arch')]
  return channel === null || arch === null ? undefined : { channel, arch }
}

function askedAt(service: string, { channel, arch }: GraphQuestion): string {
  const url = new URL(service)
  url.searchParams.set('arch', arch)
  url.searchParams.set('channel', channel)
  return url.href
}

/** The layout of lookaside stores (containers/image): `<store>/sha256=<hex>/signature-1`. */
const SIGNATURE = /\/(sha256=[0-9a-f]{64}|sha512=[0-9a-f]{128})\/signature-(\d+)$/

function signatureIn(url: string): { readonly digest: Digest; readonly number: number } | undefined {
  const [, folder, number] = SIGNATURE.exec(url) ?? []
  if (folder === undefined) return undefined
  return { digest: parseDigest(folder.replace('=', ':')), number: Number(number) }
}

/** Those of the state were found good when they were brought; whoever reads them checks them again. */
function signaturesOf(digest: Digest, { state }: Hop, kept: readonly KeptDocument[]): readonly Uint8Array[] {
  const held = state.images
    .filter(image => (image.sourceDigest ?? image.digest) === digest)
    .flatMap(({ releaseSignatures = [] }) => releaseSignatures.map(text => Buffer.from(text, 'base64')))
  const other = kept.filter(({ url }) => signatureIn(url)?.digest === digest).map(({ bytes }) => bytes)
  return [...new Map([...held, ...other].map(bytes => [digestOf(bytes), bytes])).values()]
}
