/**
 * Stored images asked for by the references they were copied from. Those tools drop the host, so that of two hosts with the
 * same path only one can be in there, and nobody knows which; whoever asks by digest gets the right one or none.
 *
 * Releases are stored under names of their own (oc-mirror v2 and v1, destinations): payloads as `openshift/release-images`,
 * their components as `openshift/release`.
 */
import { UsageError } from '../../lib/errors.ts'
import { parseRepositoryPath, type RepositoryPath } from '../../lib/oci/reference.ts'
import type { Sources } from '../../lib/provider.ts'
import type { StoredImages } from './stored-images.ts'

const RELEASE_NAMESPACE = 'openshift-release-dev/'
const PAYLOAD = 'openshift-release-dev/ocp-release'
const STORED_PAYLOADS = parseRepositoryPath('openshift/release-images')
const STORED_COMPONENTS = parseRepositoryPath('openshift/release')

/** @throws UsageError (from `open`) for an image of a layout folder: what is copied from one keeps no trace of it. */
export function storedSources(stored: StoredImages): Sources {
  return {
    open(source) {
      if (source.kind === 'registry') return stored.repository(storedAt(source.reference.path))
      throw new UsageError(`an image of the layout ${source.folder} cannot be looked for in ${stored.name}`, {
        hint: 'only images of registries can be; name it as the registry it came from does',
      })
    },
  }
}

/** Where these tools keep what comes from a repository: without its host. */
export function storedAt(path: RepositoryPath): RepositoryPath {
  if (path.startsWith(PAYLOAD)) return STORED_PAYLOADS
  return path.startsWith(RELEASE_NAMESPACE) ? STORED_COMPONENTS : path
}
