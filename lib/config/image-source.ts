/** What a configuration names as the source of an image: a registry reference, or `oci://` and a layout folder. */
import { SyntaxFault } from '../errors.ts'
import {
  isRepositoryPath,
  isTag,
  parseReference,
  type RepositoryPath,
  withDefaultTag,
} from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'

const LAYOUT_SCHEME = 'oci://'

export function isLayoutName(text: string): boolean {
  return text.startsWith(LAYOUT_SCHEME)
}

/**
 * `quay.io/a/b:1`, `docker://quay.io/a/b@sha256:…`, `alpine` (Docker Hub's, `latest`), `oci:///srv/layout`,
 * `oci:///srv/layout:tag`. A layout's folder stays as written; the tag is what follows a `:` in its last component.
 *
 * @throws SyntaxFault
 */
export function parseImageSource(text: string): ImageSource {
  if (!isLayoutName(text)) {
    if (/^[a-z-]+:\//.test(text) && !text.includes('://'))
      throw new SyntaxFault(`"${text}" is not an image reference`, {
        hint: 'a transport is followed by two slashes: oci:///srv/layout',
      })
    return { kind: 'registry', reference: withDefaultTag(parseReference(text)) }
  }
  const rest = text.slice(LAYOUT_SCHEME.length)
  if (rest.includes('@'))
    throw new SyntaxFault(`"${text}" names an OCI layout by digest, which is not possible`, {
      hint: 'write oci://folder, or oci://folder:tag when the layout holds several images',
    })
  const colon = rest.lastIndexOf(':')
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined
  const folder = (tag === undefined ? rest : rest.slice(0, colon)).replace(/(?<=.)\/+$/, '')
  if (folder === '') throw new SyntaxFault(`"${text}" names no folder`)
  if (tag === undefined) return { kind: 'layout', folder }
  if (!isTag(tag)) throw new SyntaxFault(`"${text}": "${tag}" is not a tag`)
  return { kind: 'layout', folder, tag }
}

/**
 * The repository an OCI layout folder becomes: its path without the leading `/` (oc-mirror v2, additional images).
 *
 * @throws SyntaxFault when that is no repository path, so that the user has to choose one.
 */
export function repositoryOfFolder(folder: string): RepositoryPath {
  const path = folder.replace(/^\/+/, '')
  if (isRepositoryPath(path)) return path
  throw new SyntaxFault(`the folder "${folder}" cannot be used as a repository path`, {
    hint: 'set targetRepo to the repository path at the destination',
  })
}
