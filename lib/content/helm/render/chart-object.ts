/** `.Chart`: what Chart.yaml says, under the names that templates use (Helm, "Built-in Objects"). */
import type { ChartMetadata } from '../chart/chart.ts'
import { GoObject, isDict, isList, type Value } from '../template/value.ts'

/** Field of Helm's Metadata → key of Chart.yaml. */
const FIELDS: Readonly<Record<string, string>> = {
  Home: 'home',
  Sources: 'sources',
  Description: 'description',
  Keywords: 'keywords',
  Icon: 'icon',
  APIVersion: 'apiVersion',
  AppVersion: 'appVersion',
  Deprecated: 'deprecated',
  Annotations: 'annotations',
  KubeVersion: 'kubeVersion',
  Condition: 'condition',
  Tags: 'tags',
}

const LISTS: ReadonlySet<string> = new Set(['sources', 'keywords'])

export function chartObject({ name, version, written }: ChartMetadata, isRoot: boolean): Value {
  const fields = Object.entries(FIELDS).map(([field, key]): [string, Value] => {
    const value = written.get(key)
    if (LISTS.has(key)) return [field, isList(value) ? value : []]
    if (key === 'annotations') return [field, isDict(value) ? value : new Map()]
    return [field, typeof value === 'number' ? String(value) : (value ?? (key === 'deprecated' ? false : ''))]
  })
  const maintainers = listOf(written.get('maintainers')).map(fieldsOf('Name', 'Email', 'URL'))
  const dependencies = listOf(written.get('dependencies')).map(
    fieldsOf('Name', 'Version', 'Repository', 'Condition', 'Alias'),
  )
  const own = {
    Name: name,
    Version: version,
    Type: written.get('type') ?? '',
    Maintainers: maintainers,
    Dependencies: dependencies,
    IsRoot: isRoot,
  }
  return new GoObject({ ...Object.fromEntries(fields), ...own }, name)
}

function listOf(value: Value): readonly Value[] {
  return isList(value) ? value : []
}

const fieldsOf =
  (...names: readonly string[]) =>
  (value: Value): Value =>
    new GoObject(
      {
        ...Object.fromEntries(
          names.map(name => [name, isDict(value) ? (value.get(name.toLowerCase()) ?? '') : '']),
        ),
        Enabled: true,
      },
      'entry',
    )
