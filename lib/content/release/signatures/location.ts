/**
 * Where the signatures of a payload are: `<base>/sha256=<hex>/signature-<n>`, the layout of containers/image's lookaside
 * stores that Red Hat serves release signatures in.
 */
import { PlanError } from '../../../errors.ts'
import { algorithmOf, type Digest, hexOf } from '../../../oci/digest.ts'

/** What oc-mirror v2 asks where OCP_SIGNATURE_URL is not set. */
export const RED_HAT_SIGNATURES_URL =
  'https://mirror.openshift.com/pub/openshift-v4/signatures/openshift/release/'

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'file:'])

/**
 * @param base with or without a slash at its end
 * @param number from 1
 * @throws PlanError when `base` is no plain http, https or file URL.
 */
export function signatureUrl(base: string, digest: Digest, number: number): string {
  const url = URL.canParse(base) ? new URL(base) : undefined
  if (url === undefined || !PROTOCOLS.has(url.protocol) || url.search !== '' || url.hash !== '')
    throw new PlanError(
      `OCP_SIGNATURE_URL: "${withoutSecrets(base)}" is not a place signatures can be read from`,
      {
        hint: `write an http, https or file URL without query, for example ${RED_HAT_SIGNATURES_URL}`,
      },
    )
  const folder = url.href.endsWith('/') ? url.href : `${url.href}/`
  return `${folder}${algorithmOf(digest)}=${hexOf(digest)}/signature-${number}`
}

/** Whether both mean Red Hat's own server. */
export function isRedHatUrl(base: string): boolean {
  return `${base.replace(/\/+$/, '')}/` === RED_HAT_SIGNATURES_URL
}

/** A URL as it may stand in a message: user and password, and what follows a question mark, left out. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/, '')
}
