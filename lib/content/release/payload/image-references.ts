/**
 * `release-manifests/image-references` (an OpenShift ImageStream, as JSON) → the version and the components of a payload.
 *
 * The update of a cluster pulls exactly what stands here, so each component has to be pinned: one that is not, or that is
 * there twice, ends the reading of the payload.
 */
import { PlanError, SyntaxFault } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isRecord, stringOrUndefined } from '../../../oci/json.ts'
import { parseReference, type Reference } from '../../../oci/reference.ts'
import type { PayloadComponent } from './payload.ts'
import { readJson } from './payload-text.ts'

const FILE = 'image-references'

export interface References {
  readonly version: string
  /** Sorted by name. */
  readonly components: readonly PayloadComponent[]
}

/** @param name of the payload, for messages. @throws PlanError naming the payload, and the tag where one is wrong. */
export function readComponents(bytes: Uint8Array, name: string): References {
  const stream = readJson(bytes, `${name}: ${FILE}`)
  const version = isRecord(stream.metadata) ? stringOrUndefined(stream.metadata.name) : undefined
  if (stream.kind !== undefined && stream.kind !== 'ImageStream')
    throw broken(name, `is a ${JSON.stringify(stream.kind)} and no ImageStream`)
  if (version === undefined || version === '')
    throw broken(name, 'does not state its version (metadata.name)')
  const tags = isRecord(stream.spec) ? stream.spec.tags : undefined
  if (!Array.isArray(tags) || tags.length === 0) throw broken(name, 'lists no components (spec.tags)')
  const components = tags.map((tag: unknown, at) => readTag(tag, at, name))
  const names = new Set<string>()
  for (const component of components) {
    if (names.has(component.name)) throw broken(name, `lists "${component.name}" twice`)
    names.add(component.name)
  }
  return { version, components: components.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

function readTag(tag: unknown, at: number, name: string): PayloadComponent {
  const component = isRecord(tag) ? tag.name : undefined
  if (!isRecord(tag) || typeof component !== 'string' || component === '')
    throw broken(name, `has a component without a name (spec.tags[${at}])`)
  const { kind, name: image } = isRecord(tag.from) ? tag.from : {}
  if (kind !== 'DockerImage' || typeof image !== 'string')
    throw broken(name, `names no image for "${component}": from is ${JSON.stringify(tag.from)}`)
  const fault = (reason: string, cause?: unknown) =>
    broken(name, `has "${component}", which ${reason}`, cause)
  return { name: component, image: pinned(image, fault) }
}

/**
 * A reference by digest; a tag beside it is left out.
 *
 * @param fault makes the error of a reason: `is "quay.io/a/b:1" and not pinned by a digest`
 */
export function pinned(
  text: string,
  fault: (reason: string, cause?: unknown) => PlanError,
): Reference & { readonly digest: Digest } {
  try {
    const { host, path, digest } = parseReference(text)
    if (digest !== undefined) return { host, path, digest }
  } catch (cause) {
    if (!(cause instanceof SyntaxFault)) throw cause
    throw fault(`cannot be read: ${cause.message}`, cause)
  }
  throw fault(`is "${text}" and not pinned by a digest`)
}

function broken(name: string, how: string, cause?: unknown): PlanError {
  return new PlanError(`${name}: ${FILE} ${how}`, {
    cause,
    hint: 'such a payload cannot be installed from a mirror; choose another release, or have it built anew',
  })
}
