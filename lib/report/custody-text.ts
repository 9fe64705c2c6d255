/** The way of an image, as lines: from where it is back to where it came from. */
import type { Station } from './custody.ts'
import { printable, wrap } from './fit.ts'

/** No lines where the image came straight from its source: that is told anyway. */
export function custodyLines(stations: readonly Station[], width: number): readonly string[] {
  if (stations.length <= 2 && stations.every(({ at }) => at === 'target' || at === 'source')) return []
  return [
    '  chain of custody:',
    ...stations.flatMap((station, at) =>
      wrap(`    ${at === 0 ? '' : '← '}${stationText(station)}`, width, 4),
    ),
  ]
}

function stationText(station: Station): string {
  switch (station.at) {
    case 'target': {
      const { name, destination, digest, within, change } = station
      const place = name === undefined ? '' : ` at ${name}`
      const part = within === undefined ? '' : ` in ${within}`
      return `${printable(`${destination}${place}`)}, ${digest}${part}${changeText(change)}`
    }
    case 'archive': {
      const { id, number, isOnItsWay } = station
      const name = number === undefined ? `archive ${id}` : `archive ${number} (${id})`
      return isOnItsWay ? `${name}, on its way: no receipt confirms it` : name
    }
    case 'source':
      return `${printable(station.source)}, ${station.digest}`
    case 'unknown':
      return `not known: ${printable(station.why)}`
  }
}

function changeText(change: 'made' | 'rewritten' | undefined): string {
  switch (change) {
    case 'made':
      return ', made by mirrorform'
    case 'rewritten':
      return ', its index rewritten for some platforms'
    case undefined:
      return ''
  }
}
