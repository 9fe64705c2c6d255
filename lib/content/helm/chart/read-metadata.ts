/** Chart.yaml, and requirements.yaml of charts of Helm 2, → what a chart says about itself. */
import { parse } from 'yaml'
import { messageOf } from '../../../errors.ts'
import { type Dict, fromPlain, isDict, isList, type Value } from '../template/value.ts'
import { YAML_OPTIONS } from '../yaml-options.ts'
import type { ChartMetadata, Dependency, ImportedValues } from './chart.ts'
import { ChartFault } from './chart-fault.ts'
import type { ChartFiles } from './unpack-chart.ts'

/** @throws ChartFault */
export function readMetadata(files: ChartFiles, what: string): ChartMetadata {
  const bytes = files.get('Chart.yaml')
  if (bytes === undefined)
    throw new ChartFault(`${what} is no chart: it has no Chart.yaml`, {
      hint: 'a chart is a folder with Chart.yaml in it, or what `helm package` makes of one',
    })
  const written = readDict(bytes, `${what}: Chart.yaml`)
  const name = textIn(written, 'name')
  const version = textIn(written, 'version')
  if (name === undefined || version === undefined)
    throw new ChartFault(`${what}: Chart.yaml has no ${name === undefined ? 'name' : 'version'}`)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new ChartFault(`${what}: Chart.yaml: "${name}" is not the name of a chart`)
  const requirements = files.get('requirements.yaml')
  const listed =
    written.get('dependencies') ??
    (requirements && readDict(requirements, `${what}: requirements.yaml`).get('dependencies'))
  return {
    name,
    version,
    type: textIn(written, 'type') === 'library' ? 'library' : 'application',
    dependencies: dictsIn(listed).flatMap(each => readDependency(each) ?? []),
    written,
  }
}

/** @throws ChartFault when it is not YAML, or no mapping */
export function readDict(bytes: Uint8Array, what: string): Dict {
  let value: Value
  try {
    value = fromPlain(parse(new TextDecoder().decode(bytes), YAML_OPTIONS))
  } catch (cause) {
    throw new ChartFault(`${what} is not YAML: ${messageOf(cause).split('\n', 1)[0]}`, { cause })
  }
  if (isDict(value)) return value
  if (value === null) return new Map()
  throw new ChartFault(`${what} is no mapping`)
}

function readDependency(entry: Dict): Dependency | undefined {
  const name = textIn(entry, 'name')
  if (name === undefined) return undefined
  const alias = textIn(entry, 'alias')
  const condition = textIn(entry, 'condition')
  const tags = entry.get('tags')
  return {
    name,
    version: textIn(entry, 'version') ?? '',
    ...(alias !== undefined && { alias }),
    ...(condition !== undefined && { condition }),
    tags: isList(tags) ? tags.filter(tag => typeof tag === 'string') : [],
    importValues: readImports(entry.get('import-values')),
  }
}

/** `- data` stands for `{child: exports.data, parent: .}` (Helm, "Importing Child Values via dependencies"). */
function readImports(value: Value): readonly ImportedValues[] {
  if (!isList(value)) return []
  return value.flatMap(each => {
    if (typeof each === 'string') return [{ child: `exports.${each}`, parent: '.' }]
    if (!isDict(each)) return []
    const [child, parent] = [textIn(each, 'child'), textIn(each, 'parent')]
    return child === undefined || parent === undefined ? [] : [{ child, parent }]
  })
}

function dictsIn(value: Value): readonly Dict[] {
  return isList(value) ? value.filter(isDict) : []
}

/** Versions are often written without quotes: `1.10` is read as a number, and Helm takes it for one too. */
function textIn(dict: Dict, key: string): string | undefined {
  const value = dict.get(key)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
