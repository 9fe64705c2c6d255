/** What an image set asks of one repository, or of the disk, → packaged charts and why each was taken. */
import type { ChartRepository, ChartRequest, ChartSettings, LocalChart } from '../../config/index.ts'
import { hintOf, messageOf, PlanError, SyntaxFault } from '../../errors.ts'
import { digestOf, hexOf, parseDigest } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import { settleAll } from '../release/failures.ts'
import { ChartFault } from './chart/chart-fault.ts'
import type { ChartFiles } from './chart/unpack-chart.ts'
import { type ChartPlaces, MAX_INDEX_BYTES, MAX_PACKAGE_BYTES } from './places.ts'
import { chartAddress, indexAddress, ociName, tagOfVersion, versionOfTag } from './repository/addresses.ts'
import { type ChartIndex, type IndexedChart, readIndex } from './repository/chart-index.ts'
import { chooseVersion, compareVersions, near } from './repository/choose-versions.ts'
import { shownAddress } from './shown-address.ts'

export interface AskedChart {
  /** As the image set has it: the repository's url, or the path. */
  readonly repository: string
  readonly settings: ChartSettings
  readonly why: string
  /** Of a chart that is an OCI artifact already: `oci://HOST/PATH:TAG`. */
  readonly artifact?: string
  /** What the image set calls a chart on disk. */
  readonly expected?: { readonly name?: string; readonly version?: string }
  /** Where it lies: for messages, without secrets. */
  readonly name: string
  read(signal: AbortSignal): Promise<Uint8Array | ChartFiles>
}

/** @throws PlanError, PlaceError */
export async function chartsOfRepository(
  repository: ChartRepository,
  places: ChartPlaces,
  signal: AbortSignal,
): Promise<readonly AskedChart[]> {
  if (repository.kind === 'oci')
    return settleAll(
      repository.charts.map(chart => chartOfRegistry(repository, chart, places, signal)),
      signal,
    )
  const address = indexAddress(repository.url)
  const what = shownAddress(address)
  const bytes = await places.documents.read(address, { maxBytes: MAX_INDEX_BYTES }, signal)
  if (bytes === undefined)
    throw new PlanError(`${repository.place}: there is no index of charts at ${what}`, {
      hint: 'the url of a repository is that of the folder with index.yaml in it',
    })
  const index = placed(repository.place, () => readIndex(bytes, what))
  if (repository.charts.length === 0)
    return placed(repository.place, () => everything(repository, index, places))
  const asked = repository.charts.map(async chart =>
    placed(chart.place, () => {
      const versions = index.versionsOf(chart.name)
      if (versions === undefined) throw noSuchChart(chart.name, index.names, what)
      const name = `the chart ${chart.name} of ${what}`
      const { version, why } = chooseVersion(
        versions.map(each => each.version),
        chart.version,
        name,
      )
      const entry = versions.find(each => each.version === version)
      if (entry === undefined) throw new ChartFault(`${name} has no version ${version}`)
      return fromIndex(repository, entry, chart, why, places)
    }),
  )
  return settleAll(asked, signal)
}

/** Library charts have no templates of their own that make anything (oc-mirror v2). */
function everything(
  repository: ChartRepository,
  index: ChartIndex,
  places: ChartPlaces,
): readonly AskedChart[] {
  const settings = { imagePaths: [], platforms: [], place: repository.place }
  return index.names.flatMap(name =>
    (index.versionsOf(name) ?? [])
      .filter(({ isLibrary }) => !isLibrary)
      .toSorted((a, b) => compareVersions(a.version, b.version))
      .map(entry => fromIndex(repository, entry, settings, 'every version of every chart', places)),
  )
}

function noSuchChart(name: string, names: readonly string[], what: string): ChartFault {
  return new ChartFault(`${what} has no chart ${name}`, {
    hint:
      names.length === 0 ? 'it has no charts at all' : `the most like it: ${near(names, name).join(', ')}`,
  })
}

function fromIndex(
  { url }: ChartRepository,
  { name, version, urls, sha256 }: IndexedChart,
  settings: ChartSettings,
  why: string,
  { documents }: ChartPlaces,
): AskedChart {
  const [first] = urls
  const title = `chart ${name} ${version}`
  if (first === undefined || !(first.startsWith('oci://') || URL.canParse(first, indexAddress(url))))
    throw new ChartFault(`${title} of ${shownAddress(url)} has no address in the index`)
  const address = chartAddress(url, withTag(first, version))
  const shown = `${title} (${shownAddress(address)})`
  return {
    repository: url,
    settings,
    why,
    name: shown,
    ...(address.startsWith('oci://') && { artifact: address }),
    read: async signal => {
      const known = sha256 === undefined ? undefined : parseDigest(`sha256:${sha256}`)
      const bytes = await documents.read(address, { maxBytes: MAX_PACKAGE_BYTES }, signal, known)
      if (bytes === undefined) throw new ChartFault(`${shown} is in the index, and does not exist`)
      const found = hexOf(digestOf(bytes))
      if (sha256 === undefined || found === sha256) return bytes
      throw new ChartFault(
        `${shown} is not the one of the index: its digest is ${found}, the index says ${sha256}`,
        {
          hint: 'it was replaced or damaged after the index was written: ask whoever keeps the repository, and do not install it before',
        },
      )
    },
  }
}

/** An index may name charts of a registry without the tag. */
function withTag(url: string, version: string): string {
  const isBare = url.startsWith('oci://') && !/:[^/]+$/.test(url.slice('oci://'.length))
  return isBare ? `${url}:${tagOfVersion(version)}` : url
}

async function chartOfRegistry(
  { url }: ChartRepository,
  chart: ChartRequest,
  { documents }: ChartPlaces,
  signal: AbortSignal,
): Promise<AskedChart> {
  const name = ociName(url, chart.name)
  const isExact = chart.version !== undefined && /^v?\d+\.\d+\.\d+/.test(chart.version)
  const { version, why } = isExact
    ? { version: chart.version ?? '', why: 'requested' }
    : await chosenOfTags(name, chart, documents, signal)
  const address = `${name}:${tagOfVersion(version)}`
  return {
    repository: url,
    settings: chart,
    why,
    name: `chart ${chart.name} ${version} (${address})`,
    artifact: address,
    read: async abort => {
      const bytes = await documents.read(address, { maxBytes: MAX_PACKAGE_BYTES }, abort)
      if (bytes !== undefined) return bytes
      throw new ChartFault(`there is no chart ${address}`, {
        hint: 'check the name and the version; `skopeo list-tags` on the repository shows what there is',
      })
    },
  }
}

async function chosenOfTags(
  name: string,
  { version, place }: ChartRequest,
  documents: ChartPlaces['documents'],
  signal: AbortSignal,
) {
  const bytes = await documents.read(name, { maxBytes: MAX_INDEX_BYTES }, signal)
  return placed(place, () => {
    if (bytes === undefined) throw new ChartFault(`there is no repository ${name}`)
    const listed: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const tags = isRecord(listed) && Array.isArray(listed.tags) ? listed.tags : []
    const versions = tags.filter(tag => typeof tag === 'string').map(versionOfTag)
    return chooseVersion(
      versions.filter(each => /^v?\d/.test(each)),
      version,
      name,
    )
  })
}

export function chartOnDisk(chart: LocalChart, { local }: ChartPlaces): AskedChart {
  const { path } = chart
  return {
    repository: path,
    settings: chart,
    why: 'requested',
    expected: chart,
    name: path,
    read: async signal => {
      const found = await local.read(path, signal)
      if (found !== undefined) return found
      throw new ChartFault(`there is no chart ${path}`, {
        hint: 'paths in an image set are relative to the folder that mirrorform runs in',
      })
    },
  }
}

/** What is wrong with a chart is told with the line that asks for it. */
function placed<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw cause instanceof ChartFault || cause instanceof SyntaxFault ? atPlace(place, cause) : cause
  }
}

export function atPlace(place: string, cause: ChartFault | SyntaxFault): PlanError {
  return new PlanError(`${place}: ${messageOf(cause)}`, { cause, hint: hintOf(cause) })
}
