/**
 * Catalogs at the mirror -> the names of their resources: `cs-` or `cc-`, the last part of the repository, and the
 * beginning of the tag (oc-mirror v2), so that applying replaces what oc-mirror made.
 *
 * Where two catalogs would have one name, the later one is told apart by its place; oc-mirror lets them overwrite each
 * other.
 */
import { ResourceError } from '../errors.ts'
import { digestOf, hexOf } from '../oci/digest.ts'
import type { StateImage } from '../state.ts'
import { type Destination, destinationKey, formatDestination, type TargetAddress } from '../target.ts'

export interface NamedCatalog {
  readonly image: StateImage
  /** What follows `cs-` and `cc-`. */
  readonly suffix: string
}

/** How much of a tag becomes part of a name (oc-mirror v2). */
const TAG_CHARACTERS = 12
/** Of the place's digest, where names meet. */
const PLACE_CHARACTERS = 6
/** A label of DNS (RFC 1123). */
const MAX_NAME = 63
const PREFIX_LENGTH = 'cs-'.length

/** In the order of destinations. @throws ResourceError for a name that Kubernetes would refuse */
export function nameCatalogs(
  target: TargetAddress,
  catalogs: readonly StateImage[],
): readonly NamedCatalog[] {
  const taken = new Set<string>()
  return catalogs.map(image => {
    const { destination } = image
    const plain = suffixOf(destination)
    const place = hexOf(digestOf(destinationKey(destination))).slice(0, PLACE_CHARACTERS)
    const suffix = taken.has(plain) ? `${plain}-${place}` : plain
    taken.add(suffix)
    if (PREFIX_LENGTH + suffix.length > MAX_NAME)
      throw new ResourceError(
        `the catalog ${formatDestination(target, destination)} gives a name that is too long: cs-${suffix}`,
        {
          hint: `Kubernetes takes ${MAX_NAME} characters; set targetCatalog to a path with a shorter last part`,
        },
      )
    return { image, suffix }
  })
}

/** Whatever a label of DNS may not have becomes `-`; it begins and ends with a letter or digit. */
function suffixOf({ repository, tag }: Destination): string {
  const name = repository.slice(repository.lastIndexOf('/') + 1)
  return `${name}-${tag.slice(0, TAG_CHARACTERS)}`
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/-+$/, '')
}
