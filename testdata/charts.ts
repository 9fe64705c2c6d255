/**
 * Helm charts for tests: their files, packages, an index, a server that has them, and image sets that ask for them. What is
 * built from the same texts has the same bytes.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf, hexOf } from '../lib/oci/digest.ts'
import { buildLayer } from './layers.ts'
import type { TestEnd } from './temp.ts'

/** Path below the chart's folder → content. */
export type ChartTexts = Readonly<Record<string, string | Uint8Array>>

const HELPERS = `{{- define "app.image" -}}
{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
`
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
spec:
  template:
    spec:
      containers:
        - name: app
          image: {{ include "app.image" . | quote }}
`

/** A chart with one Deployment of `<registry>/acme/<name>:<version>`; `more` adds files, or replaces them. */
export function sampleChart(
  name: string,
  version: string,
  registry: string,
  more: ChartTexts = {},
): ChartTexts {
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "${version.replaceAll('+', '_')}"\n`,
    'values.yaml': `image:\n  registry: ${registry}\n  repository: acme/${name}\n`,
    'templates/_helpers.tpl': HELPERS,
    'templates/deployment.yaml': DEPLOYMENT,
    ...more,
  }
}

/** As `helm package` does it: everything in a folder of the chart's name. */
export function packageOf(name: string, files: ChartTexts): Uint8Array {
  return buildLayer(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])),
  ).gzip
}

export function bytesOf(files: ChartTexts): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, typeof text === 'string' ? Buffer.from(text) : text]),
  )
}

export interface IndexEntry {
  readonly name: string
  readonly version: string
  readonly url?: string
  /** The package its digest is of. */
  readonly archive?: Uint8Array
  readonly digest?: string
  readonly type?: string
}

/** index.yaml; JSON is YAML. */
export function indexText(entries: readonly IndexEntry[]): string {
  const listed = entries.map(({ name, version, url = `${name}-${version}.tgz`, archive, digest, type }) => ({
    apiVersion: 'v2',
    name,
    version,
    urls: [url],
    ...(type !== undefined && { type }),
    ...(archive !== undefined && { digest: hexOf(digestOf(archive)) }),
    ...(digest !== undefined && { digest }),
  }))
  return JSON.stringify({ apiVersion: 'v1', entries: Object.groupBy(listed, ({ name }) => name) })
}

/** An image set with nothing but charts; JSON is YAML. */
export function chartsText(helm: object, blocked: readonly object[] = []): string {
  const mirror = { helm, ...(blocked.length > 0 && { blockedImages: blocked }) }
  return JSON.stringify(
    { apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration', mirror },
    undefined,
    2,
  )
}

export interface ChartServer {
  readonly url: string
  /** Paths of every request, in the order they came. */
  readonly requests: readonly string[]
  put(path: string, content: string | Uint8Array): void
}

/** Listens on a free port until the test ends. */
export async function startChartServer(t: TestEnd): Promise<ChartServer> {
  const held = new Map<string, string | Uint8Array>()
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    requests.push(path)
    const content = held.get(path)
    response.writeHead(content === undefined ? 404 : 200).end(content ?? 'not found')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put: (path, content) => void held.set(path, content),
  }
}
