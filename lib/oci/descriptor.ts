/** Descriptors (OCI image-spec 1.1): how one piece of content points at another. */
import { SyntaxFault } from '../errors.ts'
import { type Digest, isDigest } from './digest.ts'
import { isRecord, stringMap, stringOrUndefined } from './json.ts'
import { type Platform, platformFromJson } from './platform.ts'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** bytes */
  readonly size: number
  readonly platform?: Platform
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Where a foreign layer may be fetched from. */
  readonly urls?: readonly string[]
}

/** @throws SyntaxFault when a required field is missing or has the wrong type; `where` names it in the message. */
export function descriptorFromJson(value: unknown, where: string): Descriptor {
  if (!isRecord(value)) throw new SyntaxFault(`${where} is not a descriptor object`)
  const { mediaType, digest, size, urls } = value
  if (typeof mediaType !== 'string' || mediaType === '') throw new SyntaxFault(`${where} has no mediaType`)
  if (typeof digest !== 'string' || !isDigest(digest))
    throw new SyntaxFault(`${where} has an invalid digest ${JSON.stringify(digest)}`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new SyntaxFault(`${where} has an invalid size ${JSON.stringify(size)}`)
  const platform = platformFromJson(value.platform)
  const artifactType = stringOrUndefined(value.artifactType)
  const annotations = stringMap(value.annotations)
  return {
    mediaType,
    digest,
    size,
    ...(platform && { platform }),
    ...(artifactType && { artifactType }),
    ...(annotations && { annotations }),
    ...(Array.isArray(urls) && urls.length > 0 && { urls: urls.filter(url => typeof url === 'string') }),
  }
}
