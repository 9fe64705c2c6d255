/** What must hold in `mirror.operators` beyond its schema (oc-mirror v2, validation of image sets). */
import { SyntaxFault } from '../errors.ts'
import {
  isRepositoryPath,
  parseReference,
  parseRepositoryPath,
  parseTag,
  type Reference,
  repositoryName,
} from '../oci/reference.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import { isLayoutName, parseImageSource } from './image-source.ts'
import type { ProblemList } from './problem-list.ts'
import { checkRange, checkUnique, hasRange, namedBy } from './version-rules.ts'

export function checkOperators(mirror: Entry | undefined, problems: ProblemList): void {
  const operators = itemsOf(mirror, 'operators')
  const named = operators.flatMap(operator => {
    checkPackages(operator, problems)
    const name = effectiveName(operator, problems)
    const at = fieldOf(operator, 'catalog')
    return name === undefined || at === undefined ? [] : [{ at, name }]
  })
  checkUnique(named, 'the catalog', problems)
}

/** The catalog as it will be called at the destination: two of the same name would overwrite each other. */
function effectiveName(operator: Entry, problems: ProblemList): string | undefined {
  const targetCatalog = textOf(fieldOf(operator, 'targetCatalog'))
  const targetTag = textOf(fieldOf(operator, 'targetTag'))
  if (targetCatalog !== undefined)
    problems.attempt(`${operator.pointer}/targetCatalog`, () => parseRepositoryPath(targetCatalog))
  if (targetTag !== undefined) problems.attempt(`${operator.pointer}/targetTag`, () => parseTag(targetTag))
  const catalog = fieldOf(operator, 'catalog')
  const text = textOf(catalog)
  if (catalog === undefined || text === undefined) return undefined
  return problems.attempt(catalog.pointer, () => {
    if (isLayoutName(text)) {
      const source = parseImageSource(text)
      const folder = source.kind === 'layout' ? source.folder : ''
      if (targetCatalog === undefined) refuseFolderName(folder)
      return `oci://${targetCatalog ?? folder}${targetTag === undefined ? '' : `:${targetTag}`}`
    }
    const reference = catalogReference(text)
    const name =
      targetCatalog === undefined ? repositoryName(reference) : `${reference.host}/${targetCatalog}`
    const tag = targetTag ?? reference.tag
    return tag === undefined ? `${name}@${reference.digest}` : `${name}:${tag}`
  })
}

/** A catalog from a folder is called by the folder's name (oc-mirror v2). */
function refuseFolderName(folder: string): void {
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  if (isRepositoryPath(name)) return
  throw new SyntaxFault(`the folder name "${name}" cannot be used as a repository path`, {
    hint: 'set targetCatalog to the repository path at the destination',
  })
}

function catalogReference(text: string): Reference {
  const reference = parseReference(text)
  if (reference.tag === undefined && reference.digest === undefined)
    throw new SyntaxFault(`the catalog "${text}" has neither tag nor digest`, {
      hint: 'name the version of the catalog, for example :v4.16',
    })
  return reference
}

function checkPackages(operator: Entry, problems: ProblemList): void {
  const packages = itemsOf(operator, 'packages')
  checkUnique(namedBy(packages, 'name'), 'the package', problems)
  for (const item of packages) {
    const channels = itemsOf(item, 'channels')
    checkUnique(namedBy(channels, 'name'), 'the channel', problems)
    checkRange(item, problems)
    for (const channel of channels) checkRange(channel, problems)
    if (!hasRange(item) || !channels.some(hasRange)) continue
    const name = textOf(fieldOf(item, 'name')) ?? ''
    problems.add(
      'rule',
      item.pointer,
      `the package "${name}" has a version range and so has one of its channels`,
      {
        hint: 'write minVersion and maxVersion either at the package or at its channels',
      },
    )
  }
}
