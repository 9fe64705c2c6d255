/**
 * The digest of a plan -> the lineage of the state it gives birth to.
 *
 * A state that does not exist yet is born by applying a plan; taking its lineage from that plan keeps randomness out,
 * and an apply that was cut short and begun again gives the same state.
 */
import { type Digest, digestOf } from '../oci/digest.ts'

/** A UUID of version 8 (RFC 9562, section 5.8: contents are the application's own). */
export function lineageOf(planDigest: Digest): string {
  const bytes = Buffer.from(digestOf(`lineage of ${planDigest}`).slice('sha256:'.length), 'hex')
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
