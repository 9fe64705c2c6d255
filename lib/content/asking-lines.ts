/**
 * Image sets and the reason why an image is in a mirror -> the lines that ask for it today. States and plans record what
 * was asked for, not where it was written: lines move with every edit.
 */
import type { HelmSection, ImageSet, OperatorSection } from '../config/index.ts'
import type { Origin } from '../graph/graph.ts'
import { shownAddress } from './helm/shown-address.ts'
import { catalogName } from './operator/destination.ts'

/** `imageset.yaml:12`, in the order of the image sets; none where nothing asks for it any more, or only by default. */
export function linesAsking(imageSets: readonly ImageSet[], origin: Origin): readonly string[] {
  const lines = imageSets.flatMap(imageSet => linesOf(imageSet, origin))
  return [...new Set(lines)]
}

function linesOf(
  { additionalImages, platform, operators = [], samples = [], helm }: ImageSet,
  origin: Origin,
): readonly string[] {
  switch (origin.kind) {
    case 'additionalImage':
      return additionalImages.filter(({ name }) => name === origin.name).map(({ place }) => place)
    case 'release':
      return (platform?.channels ?? [])
        .filter(({ name }) => origin.channels.includes(name))
        .map(({ place }) => place)
    case 'graphData':
      return []
    case 'catalog':
      return catalogsNamed(operators, origin.catalog).map(({ place }) => place)
    case 'bundle':
      return catalogsNamed(operators, origin.catalog).flatMap(section =>
        packageLines(section, origin.package),
      )
    case 'sample':
      return samples.filter(({ name }) => asksFor(name, origin.name)).map(({ place }) => place)
    case 'chart':
      return helm === undefined ? [] : chartLines(helm, origin)
    case 'mapping':
      return []
    default:
      return origin satisfies never
  }
}

/** @param name `ruby`, `ruby:3.3-ubi9` or `*`. @param sample `ruby:3.3-ubi9` */
function asksFor(name: string, sample: string): boolean {
  return name === '*' || name === sample || sample.startsWith(`${name}:`)
}

/** Of the chart; of the repository where it stands there without charts. */
function chartLines(
  { repositories, local }: HelmSection,
  origin: Extract<Origin, { kind: 'chart' }>,
): readonly string[] {
  const isAsked = (repository: string) => shownAddress(repository) === origin.repository
  return [
    ...repositories
      .filter(({ url }) => isAsked(url))
      .flatMap(({ charts, place }) =>
        charts.length === 0
          ? [place]
          : charts.filter(({ name }) => name === origin.chart).map(chart => chart.place),
      ),
    ...local.filter(({ path }) => isAsked(path)).map(({ place }) => place),
  ]
}

/** Of the package; of the catalog where it stands there without packages. */
function packageLines({ packages, place }: OperatorSection, name: string): readonly string[] {
  if (packages.length === 0) return [place]
  return packages.filter(each => each.name === name).map(each => each.place)
}

function catalogsNamed(operators: readonly OperatorSection[], name: string): readonly OperatorSection[] {
  return operators.filter(section => catalogName(section) === name)
}
