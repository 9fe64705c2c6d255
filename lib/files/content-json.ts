/**
 * Images, manifests and blobs <-> JSON: the parts that state, plan and journal have in common.
 *
 * Each is one object, written on one line. Empty lists are left out. A destination is written as a user would paste it
 * into another tool, and read back against the file's target.
 */
import { SyntaxFault } from '../errors.ts'
import type { Attachment, ImageContent, ManifestNode, ManifestStore } from '../graph/graph.ts'
import { algorithmOf, type Digest, digestOf } from '../oci/digest.ts'
import {
  type Destination,
  formatDestination,
  formatTarget,
  parseDestination,
  parseTarget,
  type TargetAddress,
} from '../target.ts'
import { type Field, type Json, unlessEmpty } from './canonical-json.ts'
import { type JsonPart, readDigest, readText } from './json-part.ts'
import { decodeOrigin, encodeOrigin } from './origin-json.ts'
import { sortedByKey } from './reachable.ts'

export function encodeImage(
  target: TargetAddress,
  image: ImageContent,
): { readonly [key: string]: Json | undefined } {
  return {
    destination: formatDestination(target, image.destination),
    source: image.source,
    digest: image.digest,
    sourceDigest: image.sourceDigest,
    platforms: unlessEmpty(image.platforms),
    omitted: unlessEmpty(image.omitted),
    attachments: unlessEmpty(image.attachments.map(encodeAttachment)),
    origins: unlessEmpty(image.origins.map(encodeOrigin)),
    releaseSignatures: unlessEmpty(image.releaseSignatures ?? []),
    shippedIn: image.shippedIn,
    arrivedIn: image.arrivedIn,
  }
}

/** @throws SyntaxFault */
export function decodeImage(target: TargetAddress, part: JsonPart): ImageContent {
  const sourceDigest = part.field('sourceDigest')
  const [shippedIn, arrivedIn] = [part.field('shippedIn'), part.field('arrivedIn')]
  const releaseSignatures = part.field('releaseSignatures').listOrEmpty(readText)
  return {
    destination: decodeDestination(target, part.field('destination')),
    source: part.field('source').text(),
    digest: part.field('digest').digest(),
    ...(sourceDigest.value !== undefined && { sourceDigest: sourceDigest.digest() }),
    platforms: part.field('platforms').listOrEmpty(readText),
    omitted: part.field('omitted').listOrEmpty(readDigest),
    attachments: part.field('attachments').listOrEmpty(decodeAttachment),
    origins: part.field('origins').listOrEmpty(decodeOrigin),
    ...(releaseSignatures.length > 0 && { releaseSignatures }),
    ...(shippedIn.value !== undefined && { shippedIn: shippedIn.digest() }),
    ...(arrivedIn.value !== undefined && { arrivedIn: arrivedIn.digest() }),
  }
}

/** @throws SyntaxFault when it is not written as destinations in this target are. */
export function decodeDestination(target: TargetAddress, part: JsonPart): Destination {
  try {
    return parseDestination(target, part.text())
  } catch (cause) {
    throw new SyntaxFault(part.wrong(`a destination in ${formatTarget(target)}`).message, { cause })
  }
}

/** @throws SyntaxFault */
export function decodeTarget(part: JsonPart): TargetAddress {
  try {
    return parseTarget(part.text())
  } catch (cause) {
    throw new SyntaxFault(part.wrong('a target').message, { cause })
  }
}

/** The members `manifests` and `blobs`, in the order of digests. */
export function storeFields(store: ManifestStore): readonly Field[] {
  return [
    { key: 'manifests', entities: Array.from(sortedByKey(store.manifests).values(), encodeManifest) },
    { key: 'blobs', entities: Array.from(sortedByKey(store.blobs), encodeBlob) },
  ]
}

/** The same as members of one object, for a line of the journal. */
export function encodeStore(store: ManifestStore): { readonly [key: string]: Json | undefined } {
  return {
    manifests: Array.from(sortedByKey(store.manifests).values(), encodeManifest),
    blobs: Array.from(sortedByKey(store.blobs), encodeBlob),
  }
}

/** @throws SyntaxFault, also when a manifest or blob is listed twice or a manifest's text is not what its digest names. */
export function decodeStore(part: JsonPart): ManifestStore {
  return {
    manifests: keyed(part.field('manifests'), entry => {
      const node = decodeManifest(entry)
      return [node.digest, node]
    }),
    blobs: keyed(part.field('blobs'), entry => [entry.field('digest').digest(), entry.field('size').count()]),
  }
}

function encodeManifest(node: ManifestNode): Json {
  return {
    digest: node.digest,
    mediaType: node.mediaType,
    size: node.size,
    manifests: unlessEmpty(node.manifests),
    blobs: unlessEmpty(node.blobs),
    foreign: unlessEmpty(node.foreign ?? []),
    text: node.text,
  }
}

function decodeManifest(part: JsonPart): ManifestNode {
  const digest = part.field('digest').digest()
  const foreign = part.field('foreign').listOrEmpty(readDigest)
  const text = part.field('text')
  if (text.value !== undefined && digestOf(text.text(), algorithmOf(digest)) !== digest)
    throw new SyntaxFault(`${text.path} is not the manifest that ${digest} names`)
  return {
    digest,
    mediaType: part.field('mediaType').text(),
    size: part.field('size').count(),
    manifests: part.field('manifests').listOrEmpty(readDigest),
    blobs: part.field('blobs').listOrEmpty(readDigest),
    ...(foreign.length > 0 && { foreign }),
    ...(text.value !== undefined && { text: text.text() }),
  }
}

function encodeBlob([digest, size]: readonly [Digest, number]): Json {
  return { digest, size }
}

function encodeAttachment(attachment: Attachment): Json {
  return { digest: attachment.digest, subject: attachment.subject, tag: attachment.tag }
}

function decodeAttachment(part: JsonPart): Attachment {
  const tag = part.field('tag')
  return {
    digest: part.field('digest').digest(),
    subject: part.field('subject').digest(),
    ...(tag.value !== undefined && { tag: tag.tag() }),
  }
}

function keyed<V>(list: JsonPart, read: (entry: JsonPart) => readonly [Digest, V]): ReadonlyMap<Digest, V> {
  const map = new Map<Digest, V>()
  list.list(entry => {
    const [digest, value] = read(entry)
    if (map.has(digest)) throw new SyntaxFault(`${entry.path} lists ${digest} a second time`)
    map.set(digest, value)
  })
  return map
}
