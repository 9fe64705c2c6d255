/**
 * What a list asks for -> the text of an ImageSetConfiguration v2alpha1. What is not carried over is a comment where it
 * would stand. The same list gives the same text.
 */
import { stringify } from 'yaml'
import type { Platform } from '../../oci/platform.ts'
import { IMAGE_SET_API_VERSION } from '../schema/imageset-v2alpha1.ts'
import type {
  ImportedList,
  ListEntry,
  ListedChart,
  ListedImage,
  ListSection,
  NotCarried,
} from './imported-list.ts'

const FORMAT_NAMES: Readonly<Record<ImportedList['format'], string>> = {
  skopeo: 'skopeo sync',
  regsync: 'regsync',
  list: 'a list of references',
  hauler: 'hauler',
}

/** @param path of the list, for the comments */
export function imageSetText({ format, entries }: ImportedList, path: string): string {
  const images = entries.filter(entry => entry.kind === 'image' || isOmitted(entry, 'images'))
  const about = entries.filter(entry => isOmitted(entry, 'file'))
  return [
    `# Written by mirrorform import-config from ${oneLine(path)} (${FORMAT_NAMES[format]}).`,
    ...about.flatMap(entry => comment(entry, path, '')),
    `apiVersion: ${IMAGE_SET_API_VERSION}`,
    'kind: ImageSetConfiguration',
    entries.some(({ kind }) => kind === 'image' || kind === 'chart') ? 'mirror:' : 'mirror: {}',
    ...headed(
      '  additionalImages:',
      images.flatMap(entry => (entry.kind === 'image' ? imageLines(entry) : comment(entry, path, '    '))),
      images.some(({ kind }) => kind === 'image'),
    ),
    ...chartLines(entries, path),
    '',
  ].join('\n')
}

function isOmitted(entry: ListEntry, section: ListSection): boolean {
  return entry.kind === 'notCarried' && entry.section === section
}

/** Comments alone are no list: the key would stand for nothing, so it is a comment too. */
function headed(key: string, lines: readonly string[], isFilled: boolean): readonly string[] {
  if (lines.length === 0) return []
  return isFilled ? [key, ...lines] : [key.replace(/^( *)/, '$1# '), ...lines]
}

function imageLines({ name, targetRepo, targetTag, platforms }: ListedImage): readonly string[] {
  return [
    `    - name: ${scalar(name)}`,
    ...(targetRepo === undefined ? [] : [`      targetRepo: ${scalar(targetRepo)}`]),
    ...(targetTag === undefined ? [] : [`      targetTag: ${scalar(targetTag)}`]),
    ...platformLines(platforms, '      '),
  ]
}

/** Charts of one repository stand together, where the first of them is. */
function chartLines(entries: readonly ListEntry[], path: string): readonly string[] {
  const charts = entries.filter(entry => entry.kind === 'chart')
  const comments = entries
    .filter(entry => isOmitted(entry, 'charts'))
    .flatMap(entry => comment(entry, path, '    '))
  const byUrl = Map.groupBy(
    charts.filter(({ from }) => from.kind === 'repository'),
    ({ from }) => (from.kind === 'repository' ? from.url : ''),
  )
  const local = charts.flatMap(({ from, version, platforms }) =>
    from.kind === 'repository'
      ? []
      : [
          `      - path: ${scalar(from.path)}`,
          ...versionLines(version, '        '),
          ...platformLines(platforms, '        '),
        ],
  )
  const repositories = [...byUrl].flatMap(([url, members]) => [
    `      - url: ${scalar(url)}`,
    '        charts:',
    ...members.flatMap(namedChartLines),
  ])
  const lines = [
    ...comments,
    ...(repositories.length > 0 ? ['    repositories:', ...repositories] : []),
    ...(local.length > 0 ? ['    local:', ...local] : []),
  ]
  return headed('  helm:', lines, charts.length > 0)
}

function namedChartLines({ from, version, platforms }: ListedChart): readonly string[] {
  if (from.kind === 'disk') return []
  return [
    `          - name: ${scalar(from.name)}`,
    ...versionLines(version, '            '),
    ...platformLines(platforms, '            '),
  ]
}

function versionLines(version: string | undefined, indent: string): readonly string[] {
  return version === undefined ? [] : [`${indent}version: ${scalar(version)}`]
}

function platformLines(platforms: readonly Platform[], indent: string): readonly string[] {
  if (platforms.length === 0) return []
  return [
    `${indent}platforms:`,
    ...platforms.flatMap(({ os, architecture }) => [
      `${indent}  - os: ${scalar(os)}`,
      `${indent}    architecture: ${scalar(architecture)}`,
    ]),
  ]
}

function comment(entry: ListEntry, path: string, indent: string): readonly string[] {
  return entry.kind === 'notCarried'
    ? [`${indent}# not carried over: ${oneLine(omissionText(entry, path))}`]
    : []
}

/** `sync.yaml:12:5: all tags of quay.io/x (--expand asks …)` */
export function omissionText({ place, message, hint }: NotCarried, path: string): string {
  return `${path}:${place.line}:${place.column}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ')
}

function scalar(text: string): string {
  const written = stringify(text, { lineWidth: 0 }).trimEnd()
  return written.includes('\n') ? JSON.stringify(text) : written
}
