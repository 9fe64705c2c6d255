/**
 * `mirror.helm` → the charts it asks for: of repositories with an index (http, https, file), of OCI registries, and on disk;
 * with the expressions that find more images in each.
 */
import type { Platform } from '../oci/platform.ts'
import { parseReference } from '../oci/reference.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import { type JsonPath, parseJsonPath } from './json-path.ts'
import { readPlatforms } from './platforms.ts'
import type { ProblemList } from './problem-list.ts'

export interface HelmSection {
  readonly repositories: readonly ChartRepository[]
  readonly local: readonly LocalChart[]
}

export interface ChartRepository {
  /** As written; `name`, where there is one, is only for people. */
  readonly url: string
  readonly kind: 'index' | 'oci'
  /** Empty means all versions of all charts. */
  readonly charts: readonly ChartRequest[]
  /** `imageset.yaml:12` */
  readonly place: string
}

/** How images of a chart are found and carried. */
export interface ChartSettings {
  readonly imagePaths: readonly JsonPath[]
  /** Empty means all. */
  readonly platforms: readonly Platform[]
  readonly place: string
}

export interface ChartRequest extends ChartSettings {
  readonly name: string
  /** A version, or a range of them; absent means the newest. */
  readonly version?: string
}

export interface LocalChart extends ChartSettings {
  /** A folder or a packaged chart, as written. */
  readonly path: string
  /** What the chart has to be, where the image set says it. */
  readonly name?: string
  readonly version?: string
}

/** Adds what is wrong to `problems`. undefined where nothing is asked for. */
export function readHelm(
  mirror: Entry | undefined,
  path: string,
  problems: ProblemList,
): HelmSection | undefined {
  const section = fieldOf(mirror, 'helm')
  const repositories = itemsOf(section, 'repositories').flatMap(
    item => readRepository(item, path, problems) ?? [],
  )
  const local = itemsOf(section, 'local').flatMap(item => readLocal(item, path, problems) ?? [])
  return repositories.length + local.length === 0 ? undefined : { repositories, local }
}

function readRepository(item: Entry, path: string, problems: ProblemList): ChartRepository | undefined {
  const url = textOf(fieldOf(item, 'url'))
  if (url === undefined) {
    problems.add('rule', item.pointer, 'this chart repository has no url', {
      hint: 'write the folder that index.yaml is in (https://charts.example.com/stable), or oci://HOST/PATH',
    })
    return undefined
  }
  const at = fieldOf(item, 'url')?.pointer ?? item.pointer
  const kind = kindOf(url.trim(), at, problems)
  const charts = itemsOf(item, 'charts').flatMap(each => readRequest(each, path, problems) ?? [])
  if (kind === 'oci' && charts.length === 0)
    problems.add('rule', at, 'a registry has no list of its charts', {
      hint: 'name them under charts, with version or without it for the newest',
    })
  return kind && { url: url.trim(), kind, charts, place: `${path}:${problems.lineOf(item.pointer)}` }
}

function kindOf(url: string, at: string, problems: ProblemList): ChartRepository['kind'] | undefined {
  if (url.startsWith('oci://')) {
    if (/[?#]/.test(url)) {
      problems.add('rule', at, 'the address of a registry has neither query nor fragment', {
        hint: 'write oci://HOST/PATH; logins come from the credential files of podman and skopeo',
      })
      return undefined
    }
    const bare = url.slice('oci://'.length).replace(/\/+$/, '')
    const host = bare.includes('/') ? bare : `${bare}/charts`
    return problems.attempt(at, () => parseReference(host)) && 'oci'
  }
  if (/^(?:https?|file):\/\//.test(url) && URL.canParse(url)) return 'index'
  problems.add('rule', at, 'this is not the address of a chart repository', {
    hint: 'write https://…, http://…, oci://HOST/PATH or file:///FOLDER; charts on disk are for helm.local',
  })
  return undefined
}

function readRequest(item: Entry, path: string, problems: ProblemList): ChartRequest | undefined {
  const name = textOf(fieldOf(item, 'name'))
  if (name === undefined) {
    problems.add('rule', item.pointer, 'this chart has no name')
    return undefined
  }
  const misplaced = fieldOf(item, 'path')
  if (misplaced !== undefined)
    problems.add('rule', misplaced.pointer, 'a chart of a repository has no path', {
      at: 'key',
      hint: 'charts on disk are for helm.local',
    })
  return { name, ...versionOf(item), ...settingsOf(item, path, problems) }
}

function readLocal(item: Entry, path: string, problems: ProblemList): LocalChart | undefined {
  const folder = textOf(fieldOf(item, 'path'))
  const name = textOf(fieldOf(item, 'name'))
  if (folder === undefined) {
    problems.add('rule', item.pointer, 'this chart on disk has no path', {
      hint: 'write the folder of the chart, or the .tgz that `helm package` made',
    })
    return undefined
  }
  return {
    path: folder,
    ...(name !== undefined && { name }),
    ...versionOf(item),
    ...settingsOf(item, path, problems),
  }
}

function versionOf(item: Entry): { readonly version?: string } {
  const version = textOf(fieldOf(item, 'version'))?.trim()
  return version === undefined || version === '' ? {} : { version }
}

function settingsOf(item: Entry, path: string, problems: ProblemList): ChartSettings {
  const imagePaths = itemsOf(item, 'imagePaths').flatMap(each => {
    const text = textOf(each)
    return text === undefined ? [] : (problems.attempt(each.pointer, () => parseJsonPath(text)) ?? [])
  })
  return { imagePaths, platforms: readPlatforms(item), place: `${path}:${problems.lineOf(item.pointer)}` }
}
