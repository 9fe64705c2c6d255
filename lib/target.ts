/**
 * Where images go: the address of a target as the user writes it, and places inside it.
 *
 * `docker://host[:port][/prefix]` is a registry, `oci://folder` an OCI image layout, `file://folder` an archive.
 * A destination's `repository` is the whole path at the host, prefix included, because `--max-nested-paths` folds the
 * prefix too (oc-mirror v2). In files and output a destination is written `host/repository:tag` for a registry, so
 * that it can be pasted into any other tool, and `repository:tag` for a folder.
 */
import { SyntaxFault } from './errors.ts'
import { isHost, parseRepositoryPath, parseTag, type RepositoryPath, type Tag } from './oci/reference.ts'

export type TargetAddress =
  | { readonly kind: 'registry'; readonly host: string; readonly prefix: RepositoryPath | '' }
  | { readonly kind: 'layout'; readonly folder: string }
  | { readonly kind: 'archive'; readonly folder: string }

export interface Destination {
  readonly repository: RepositoryPath
  readonly tag: Tag
}

/** @throws SyntaxFault naming what is wrong. A trailing `/`, as the product documentation shows, is fine. */
export function parseTarget(text: string): TargetAddress {
  const [, transport, rest = ''] = /^([a-z0-9-]+):\/\/(.*)$/.exec(text) ?? []
  if (transport === 'oci' || transport === 'file') {
    if (rest === '')
      throw new SyntaxFault(`"${text}" is not a target: the folder is missing`, {
        hint: `write ${transport}://FOLDER`,
      })
    return { kind: transport === 'oci' ? 'layout' : 'archive', folder: rest }
  }
  if (transport !== 'docker')
    throw new SyntaxFault(`"${text}" is not a target`, { hint: transportHint(text) })
  const bare = rest.replace(/\/+$/, '')
  const slash = bare.indexOf('/')
  const host = slash < 0 ? bare : bare.slice(0, slash)
  const prefix = slash < 0 ? '' : bare.slice(slash + 1)
  if (host === '' || !isHost(host))
    throw new SyntaxFault(
      `"${text}" is not a target: ${host === '' ? 'the host is missing' : `"${host}" is not a host`}`,
      { hint: 'write docker://HOST[:PORT][/PREFIX]' },
    )
  if (/[:@]/.test(prefix))
    throw new SyntaxFault(`"${text}" is not a target: a target has no tag or digest`, {
      hint: 'name the registry and, if you like, a path under which everything goes',
    })
  return { kind: 'registry', host, prefix: prefix === '' ? '' : parseRepositoryPath(prefix) }
}

/** What was probably meant: a registry, where the text without its own scheme begins with a host. */
function transportHint(text: string): string {
  const bare = text.replace(/^[A-Za-z0-9+.-]+:\/\//, '')
  const host = bare.split('/', 1)[0] ?? ''
  return /[.:]|^localhost$/.test(host) && isHost(host)
    ? `did you mean docker://${bare}? Write docker:// for a registry, oci:// for a folder`
    : 'write docker://HOST[:PORT][/PREFIX] for a registry, or oci://FOLDER for an OCI image layout'
}

export function formatTarget(target: TargetAddress): string {
  switch (target.kind) {
    case 'registry':
      return `docker://${target.host}${target.prefix === '' ? '' : `/${target.prefix}`}`
    case 'layout':
      return `oci://${target.folder}`
    case 'archive':
      return `file://${target.folder}`
  }
}

/** `host/repository:tag` for a registry, `repository:tag` for a folder. */
export function formatDestination(target: TargetAddress, destination: Destination): string {
  return `${formatRepository(target, destination.repository)}:${destination.tag}`
}

/** One repository of a target, for messages: with the host where there is one. */
export function formatRepository(target: TargetAddress, repository: RepositoryPath): string {
  return target.kind === 'registry' ? `${target.host}/${repository}` : repository
}

/** Reads what `formatDestination` writes. @throws SyntaxFault when it lies outside the target. */
export function parseDestination(target: TargetAddress, text: string): Destination {
  const host = target.kind === 'registry' ? `${target.host}/` : ''
  if (!text.startsWith(host))
    throw new SyntaxFault(`"${text}" is not a destination in ${formatTarget(target)}`)
  const rest = text.slice(host.length)
  const colon = rest.lastIndexOf(':')
  return { repository: parseRepositoryPath(rest.slice(0, colon)), tag: parseTag(rest.slice(colon + 1)) }
}

/** A key for maps and sorting: `repository:tag`. */
export function destinationKey(destination: Destination): string {
  return `${destination.repository}:${destination.tag}`
}

/** Byte order, the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
