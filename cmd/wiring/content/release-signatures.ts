/**
 * Payloads of releases, and signatures that came with them -> those that hold, for clusters to check. One that does not hold
 * is told and left out; the payload is brought all the same, as whoever stored it meant.
 */
import { createDocuments, type KeptDocument } from '../../../lib/content/documents.ts'
import { verifyPayload } from '../../../lib/content/release/signatures/index.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { Origin } from '../../../lib/graph/graph.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { FactCache, WebReader } from '../../../lib/provider.ts'
import { signatureOptions } from './release-settings.ts'

export interface FoundSignatures {
  /** Base64, sorted. */
  readonly signatures: ReadonlyMap<Digest, readonly string[]>
  readonly notes: readonly string[]
}

const NO_WEB: WebReader = { get: async () => undefined }
const NO_FACTS: FactCache = { get: async () => undefined, put: async () => {} }

/** @param documents signatures under the addresses they would be asked for at */
export async function releaseSignatures(
  images: readonly { readonly digest: Digest; readonly origins: readonly Origin[] }[],
  earlier: readonly KeptDocument[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundSignatures> {
  const signatures = new Map<Digest, readonly string[]>()
  const notes: string[] = []
  const payloads = images.filter(({ origins }) => origins.some(isPayload))
  if (payloads.length === 0) return { signatures, notes }
  const options = await signatureOptions(env)
  const documents = createDocuments({ web: NO_WEB, facts: NO_FACTS, earlier, refresh: true })
  for (const { digest, origins } of payloads) {
    const name = nameOf(origins)
    try {
      const found = await verifyPayload({ digest, name, type: 'ocp' }, { ...options, documents }, signal)
      signatures.set(digest, found.map(({ bytes }) => Buffer.from(bytes).toString('base64')).sort())
    } catch (error) {
      signal.throwIfAborted()
      notes.push(`release ${name} is taken without a signature: ${messageOf(error).split('\n', 1)[0]}`)
    }
  }
  return { signatures, notes }
}

function isPayload(origin: Origin): boolean {
  return origin.kind === 'release' && origin.component === undefined
}

function nameOf(origins: readonly Origin[]): string {
  const release = origins.find(origin => origin.kind === 'release')
  return release === undefined ? '' : `${release.version} (${release.architecture})`
}
