/** `delete.helm` → choices. A chart without a version means every version that the state holds of it. */
import satisfies from 'semver/functions/satisfies.js'
import type { HelmSection } from '../../config/index.ts'
import { shownAddress } from '../helm/shown-address.ts'
import { type Choice, NO_VERSION } from './choice.ts'

interface ChartName {
  /** The URL of a repository, or the path of a chart on disk. */
  readonly repository: string
  readonly chart?: string | undefined
  /** A version, or a range of them. */
  readonly version?: string | undefined
  readonly place: string
}

export function chartChoices(section: HelmSection | undefined): readonly Choice[] {
  if (section === undefined) return []
  const { repositories, local } = section
  return [
    ...repositories.flatMap(({ url: repository, charts, place }): readonly ChartName[] =>
      charts.length === 0
        ? [{ repository, place }]
        : charts.map(({ name: chart, version, place: at }) => ({ repository, chart, version, place: at })),
    ),
    ...local.map(({ path: repository, version, place }): ChartName => ({ repository, version, place })),
  ].map(chartChoice)
}

function chartChoice({ repository, chart, version, place }: ChartName): Choice {
  const address = withoutSlash(shownAddress(repository))
  const what = chart === undefined ? 'charts' : `chart ${chart}`
  return {
    name: `${what}${version === undefined ? '' : ` ${version}`} of ${shownAddress(repository)}`,
    place,
    ...(chart !== undefined &&
      version === undefined && {
        wide: { because: NO_VERSION, part: origin => (origin.kind === 'chart' ? origin.version : '') },
      }),
    without: origin =>
      origin.kind === 'chart' &&
      withoutSlash(origin.repository) === address &&
      (chart ?? origin.chart) === origin.chart &&
      (version === undefined || isVersion(origin.version, version))
        ? undefined
        : 'untouched',
  }
}

/** Ranges as Helm writes them: `>=5.0.0, <6`, `~5.1`. */
function isVersion(held: string, asked: string): boolean {
  const bare = (text: string): string => text.replace(/^v/, '')
  return (
    bare(held) === bare(asked) ||
    satisfies(held, asked.replaceAll(',', ' '), { includePrerelease: true, loose: true })
  )
}

function withoutSlash(repository: string): string {
  return repository.replace(/\/+$/, '')
}
