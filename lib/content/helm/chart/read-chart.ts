/** Files of a chart → the chart with its subcharts: folders and packages below `charts/` (Helm, "Managing dependencies manually"). */
import type { Chart } from './chart.ts'
import { ChartFault } from './chart-fault.ts'
import { readDict, readMetadata } from './read-metadata.ts'
import { type ChartFiles, unpackChart } from './unpack-chart.ts'

/** Charts in charts. */
const MAX_DEPTH = 20

/** @throws ChartFault */
export async function readChart(files: ChartFiles, what: string, depth = 0): Promise<Chart> {
  if (depth > MAX_DEPTH) throw new ChartFault(`${what}: more than ${MAX_DEPTH} charts in each other`)
  const metadata = readMetadata(files, what)
  const values = files.get('values.yaml')
  return {
    metadata,
    values: values === undefined ? new Map() : readDict(values, `${what}: values.yaml`),
    templates: textsBelow(files, 'templates/'),
    crds: textsBelow(files, 'crds/'),
    files: new Map([...files].filter(([path]) => isPlainFile(path))),
    subcharts: await readSubcharts(files, what, depth),
  }
}

function textsBelow(files: ChartFiles, folder: string): ReadonlyMap<string, string> {
  const decoder = new TextDecoder()
  return new Map(
    [...files].flatMap(([path, bytes]) => (path.startsWith(folder) ? [[path, decoder.decode(bytes)]] : [])),
  )
}

const OWN_FILES: ReadonlySet<string> = new Set([
  'Chart.yaml',
  'Chart.lock',
  'values.yaml',
  'values.schema.json',
  'requirements.yaml',
  'requirements.lock',
])

function isPlainFile(path: string): boolean {
  return !OWN_FILES.has(path) && !['templates/', 'crds/', 'charts/'].some(folder => path.startsWith(folder))
}

async function readSubcharts(files: ChartFiles, what: string, depth: number): Promise<readonly Chart[]> {
  const folders = new Map<string, Map<string, Uint8Array>>()
  const packages: [string, Uint8Array][] = []
  for (const [path, bytes] of files) {
    const [, name = '', rest] = /^charts\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
    if (name === '' || /^[._]/.test(name)) continue
    if (rest !== undefined) folders.set(name, (folders.get(name) ?? new Map()).set(rest, bytes))
    else if (name.endsWith('.tgz')) packages.push([name, bytes])
  }
  const charts: Chart[] = []
  for (const [name, inside] of folders)
    if (inside.has('Chart.yaml')) charts.push(await readChart(inside, `${what}: charts/${name}`, depth + 1))
  for (const [name, bytes] of packages) {
    const inside = `${what}: charts/${name}`
    charts.push(await readChart(await unpackChart(bytes, inside), inside, depth + 1))
  }
  return charts
}
