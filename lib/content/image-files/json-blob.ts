/** A small blob that is JSON (the config of an image) → the object, with a limit on what is read into memory. */
import type { Descriptor } from '../../oci/descriptor.ts'
import { isRecord } from '../../oci/json.ts'
import type { RepositoryReader } from '../../provider.ts'
import { ImageFault } from './image-fault.ts'

/** Configs are some kilobytes; this leaves room for the longest histories. */
const MAX_CONFIG_BYTES = 8 * 1024 * 1024

/** @throws ImageFault when it is too long or no JSON object; PlaceError, DigestMismatchError */
export async function readJsonBlob(
  reader: RepositoryReader,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const what = `${reader.name}@${descriptor.digest}`
  if (descriptor.size > MAX_CONFIG_BYTES)
    throw new ImageFault(`${what}: a config of ${descriptor.size} bytes is not read`, {
      hint: `configs have at most ${MAX_CONFIG_BYTES} bytes`,
    })
  const chunks: Uint8Array[] = []
  for await (const chunk of await reader.blob(descriptor, signal)) chunks.push(chunk)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (cause) {
    throw new ImageFault(`${what}: the config is not JSON`, { cause, hint: 'it is no container image' })
  }
  if (!isRecord(json))
    throw new ImageFault(`${what}: the config is not a JSON object`, { hint: 'it is no container image' })
  return json
}
