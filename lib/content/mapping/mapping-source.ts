/**
 * The left side of a mapping: `quay.io/a/b:v1`, `quay.io/a/b@sha256:…`, `oci://folder:tag`, `file://a/b:v1`, or tags of a
 * repository, `quay.io/a/b:4.12.1-*` and `quay.io/a/b` (`oc image mirror`, "Wildcards").
 */
import { parseImageSource } from '../../config/index.ts'
import { SyntaxFault } from '../../errors.ts'
import { isRepositoryPath, parseReference } from '../../oci/reference.ts'
import type { MappingSource } from './mapping.ts'

/** Word characters, `-`, `.` and at least one `*`, after the last `:`. */
const TAG_PATTERN = /^(.*):([\w.*-]*\*[\w.*-]*)$/s
const FILE_SCHEME = 'file://'
/** Where `oc image mirror --dir` puts repositories. */
const REPOSITORIES = 'v2'

/**
 * @param fileRoot the folder that `file://` is below, as `oc image mirror --dir` wrote it; undefined where none was named
 * @throws SyntaxFault
 */
export function parseMappingSource(text: string, fileRoot: string | undefined): MappingSource {
  if (text.includes('*') && text.includes('@'))
    throw new SyntaxFault(`"${text}" has a wildcard and a digest`, {
      hint: 'a digest names one image; a wildcard stands in a tag',
    })
  const [, before = text, pattern] = TAG_PATTERN.exec(text) ?? []
  if (before.includes('*'))
    throw new SyntaxFault(`"${text}" has a wildcard outside its tag`, {
      hint: 'write host/path:PATTERN, where * stands for any characters of a tag',
    })
  if (text.startsWith(FILE_SCHEME)) return fileSource(text, before, pattern, fileRoot)
  if (text.startsWith('oci://')) {
    const source = parseImageSource(before)
    return pattern === undefined ? { name: text, source } : { name: text, source, tags: pattern }
  }
  if (/^s3:\/\//.test(text))
    throw new SyntaxFault(`"${text}" is in S3, which is no source`, {
      hint: 'neither is it one for oc; name the registry the image comes from',
    })
  if (!before.includes('/') && /^(localhost\b|[^:@]*\.)/.test(before))
    throw new SyntaxFault(`"${text}" names a registry and no image in it`, { hint: 'write host/path:tag' })
  const reference = parseReference(before)
  const tags = pattern ?? ((reference.tag ?? reference.digest) ? undefined : '*')
  return { name: text, source: { kind: 'registry', reference }, ...(tags !== undefined && { tags }) }
}

/** A repository below `v2/` is read like a layout folder; its host is no part of the path. */
function fileSource(
  text: string,
  before: string,
  pattern: string | undefined,
  fileRoot: string | undefined,
): MappingSource {
  if (fileRoot === undefined)
    throw new SyntaxFault(`"${text}" is in a folder, and nothing says in which`, {
      hint: 'name the folder that oc image mirror wrote with --dir: --from-dir FOLDER',
    })
  if (before.includes('@'))
    throw new SyntaxFault(`"${text}" names an image of a folder by its digest`, {
      hint: 'write its tag, or a wildcard: file://a/b:v1, file://a/b:*',
    })
  const bare = before.slice(FILE_SCHEME.length).replace(/^\//, '')
  const { path, tag } = parseReference(`localhost/${bare}`)
  if (!isRepositoryPath(path)) throw new SyntaxFault(`"${text}" names no repository`)
  const folder = `${fileRoot.replace(/(?<=.)\/+$/, '')}/${REPOSITORIES}/${path}`
  const source = { kind: 'layout', folder, ...(tag !== undefined && { tag }) } as const
  const tags = pattern ?? (tag === undefined ? '*' : undefined)
  return { name: text, source, ...(tags !== undefined && { tags }) }
}

/** `4.12.1*` → every tag that begins with it. Anchored at both ends; nothing but `*` is special. */
export function tagPattern(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[.-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
