/**
 * The signatures of one payload -> the ConfigMap file that `oc adm release mirror` writes: its name says which payload, and
 * `oc apply` on the folder gives a cluster what it checks releases against.
 */
import { type Digest, hexOf } from '../oci/digest.ts'

const NAMESPACE = 'openshift-config-managed'
const LABELS = { 'release.openshift.io/verification-signatures': '' }
/** Digits of the digest that are in the file's name. */
const NAME_HEX = 16

/** `signature-sha256-b1907cff3c4d7a3f.json` */
export function signatureFileName(digest: Digest): string {
  return `signature-${objectName(digest).slice(0, 'sha256-'.length + NAME_HEX)}.json`
}

/** One line of JSON. @param signatures base64, in the order they are numbered */
export function signatureFile(digest: Digest, signatures: readonly string[]): string {
  const name = objectName(digest)
  const binaryData = Object.fromEntries(signatures.map((each, at) => [`${name}-${at + 1}`, each]))
  const metadata = { name, namespace: NAMESPACE, creationTimestamp: null, labels: LABELS }
  return `${JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata, binaryData })}\n`
}

function objectName(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(':'))}-${hexOf(digest)}`
}
