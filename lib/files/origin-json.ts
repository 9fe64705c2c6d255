/**
 * Why an image is wanted <-> JSON: one object for each origin, whose `kind` says which members it has.
 *
 * Empty lists of channels are left out.
 */
import type { Origin } from '../graph/graph.ts'
import { type Json, unlessEmpty } from './canonical-json.ts'
import { type JsonPart, readText } from './json-part.ts'

const KINDS = [
  'additionalImage',
  'release',
  'graphData',
  'catalog',
  'bundle',
  'sample',
  'chart',
  'mapping',
] as const satisfies readonly Origin['kind'][]

export function encodeOrigin(origin: Origin): Json {
  switch (origin.kind) {
    case 'additionalImage':
    case 'sample':
    case 'mapping':
      return { kind: origin.kind, name: origin.name }
    case 'chart':
      return {
        kind: origin.kind,
        repository: origin.repository,
        chart: origin.chart,
        version: origin.version,
      }
    case 'release':
      return {
        kind: origin.kind,
        version: origin.version,
        architecture: origin.architecture,
        component: origin.component,
        channels: unlessEmpty(origin.channels),
      }
    case 'graphData':
      return { kind: origin.kind }
    case 'catalog':
      return { kind: origin.kind, catalog: origin.catalog }
    case 'bundle':
      return {
        kind: origin.kind,
        catalog: origin.catalog,
        package: origin.package,
        bundle: origin.bundle,
        channels: unlessEmpty(origin.channels),
      }
    default:
      return origin satisfies never
  }
}

/** @throws SyntaxFault */
export function decodeOrigin(part: JsonPart): Origin {
  const kind = part.field('kind').word(KINDS)
  switch (kind) {
    case 'additionalImage':
    case 'sample':
    case 'mapping':
      return { kind, name: part.field('name').text() }
    case 'chart':
      return {
        kind,
        repository: part.field('repository').text(),
        chart: part.field('chart').text(),
        version: part.field('version').text(),
      }
    case 'release': {
      const component = part.field('component')
      return {
        kind,
        version: part.field('version').text(),
        architecture: part.field('architecture').text(),
        channels: part.field('channels').listOrEmpty(readText),
        ...(component.value !== undefined && { component: component.text() }),
      }
    }
    case 'graphData':
      return { kind }
    case 'catalog':
      return { kind, catalog: part.field('catalog').text() }
    case 'bundle':
      return {
        kind,
        catalog: part.field('catalog').text(),
        package: part.field('package').text(),
        bundle: part.field('bundle').text(),
        channels: part.field('channels').listOrEmpty(readText),
      }
    default:
      return kind satisfies never
  }
}
