/**
 * How oc-mirror v1 calls a catalog: the name it keeps it by in its metadata, which without the registry is also its name
 * at the destination (oc-mirror v1, "unique catalog name").
 *
 * `targetTag` replaces the tag and drops the digest; `targetCatalog` replaces the path, `targetName` only its last part.
 * A folder has no registry, and without `targetCatalog` its path is the name.
 */
import { SyntaxFault } from '../../errors.ts'
import {
  isRepositoryPath,
  parseRepositoryPath,
  parseTag,
  type RepositoryPath,
  type Tag,
} from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'
import { type Entry, fieldOf, textOf } from '../entry.ts'
import { parseImageSource, repositoryOfFolder } from '../image-source.ts'
import type { ProblemList } from '../problem-list.ts'

export interface V1CatalogName {
  readonly catalog: string
  readonly source: ImageSource
  readonly uniqueName: string
  /** Where it is another than that of the source; always for a folder. */
  readonly targetCatalog?: RepositoryPath
  readonly targetTag?: Tag
}

/** undefined, with a problem, where the catalog or its name at the destination cannot be one. */
export function readV1CatalogName(operator: Entry, problems: ProblemList): V1CatalogName | undefined {
  const at = fieldOf(operator, 'catalog')
  const catalog = textOf(at)
  if (at === undefined || catalog === undefined) return undefined
  const source = problems.attempt(at.pointer, () => parseImageSource(catalog))
  const targetTag = attemptField(operator, 'targetTag', parseTag, problems)
  if (source === undefined) return undefined
  const path = sourcePath(source)
  const target =
    attemptField(operator, 'targetCatalog', parseRepositoryPath, problems) ??
    attemptField(operator, 'targetName', name => parseRepositoryPath(withLastName(path, name)), problems)
  const isNamed = textOf(fieldOf(operator, 'targetCatalog')) ?? textOf(fieldOf(operator, 'targetName'))
  if (target === undefined && isNamed !== undefined) return undefined
  const repository =
    target ??
    (source.kind === 'layout'
      ? problems.attempt(at.pointer, () => repositoryOfCatalogFolder(source.folder))
      : source.reference.path)
  if (repository === undefined) return undefined
  const isTargeted = target !== undefined || targetTag !== undefined
  return {
    catalog,
    source,
    uniqueName: isTargeted ? targetedName(source, repository, targetTag) : withoutProtocol(catalog),
    ...((repository !== path || source.kind === 'layout') && { targetCatalog: repository }),
    ...(targetTag !== undefined && { targetTag }),
  }
}

function attemptField<T>(
  operator: Entry,
  key: string,
  parse: (text: string) => T,
  problems: ProblemList,
): T | undefined {
  const field = fieldOf(operator, key)
  const text = textOf(field)
  if (field === undefined || text === undefined) return undefined
  return problems.attempt(field.pointer, () => parse(text))
}

function sourcePath(source: ImageSource): string {
  return source.kind === 'registry' ? source.reference.path : source.folder.replace(/^\/+/, '')
}

function withLastName(path: string, name: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? name : `${path.slice(0, slash)}/${name}`
}

function repositoryOfCatalogFolder(folder: string): RepositoryPath {
  if (isRepositoryPath(folder.replace(/^\/+/, ''))) return repositoryOfFolder(folder)
  throw new SyntaxFault(`the folder "${folder}" cannot be used as a repository path`, {
    hint: 'set targetCatalog to the repository path at the destination',
  })
}

function targetedName(source: ImageSource, repository: RepositoryPath, targetTag: Tag | undefined): string {
  if (source.kind === 'layout') return withTag(repository, targetTag ?? source.tag)
  const { host, tag, digest } = source.reference
  const name = `${host}/${repository}`
  if (targetTag === undefined && digest !== undefined) return `${name}@${digest}`
  return withTag(name, targetTag ?? tag)
}

function withTag(name: string, tag: Tag | undefined): string {
  return tag === undefined ? name : `${name}:${tag}`
}

function withoutProtocol(catalog: string): string {
  return catalog.replace(/^[a-z]+:\/\//, '')
}
