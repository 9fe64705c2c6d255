/**
 * A generated operator catalog in an OCI layout: packages with several channels and many bundles each, whose properties are
 * as long as those of real ones, indented as opm writes them. The same numbers give the same catalog.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Digest } from '../lib/oci/digest.ts'
import { buildImage, bytesFromSeed } from '../testdata/images.ts'

export interface CatalogSize {
  readonly packages: number
  /** Of each package. */
  readonly channels: number
  readonly bundles: number
  /** Of each bundle, besides its own. */
  readonly relatedImages: number
}

export interface WrittenCatalog {
  readonly digest: Digest
  /** Of the documents. */
  readonly bytes: number
}

/** Characters of the texts in a bundle, of which the rest of it adds about a third. */
const DESCRIPTION = 3600
const EXAMPLES = 50

/**
 * @param folder becomes an OCI layout
 * @param configs gets the same documents, for programs that read no layouts
 */
export function writeCatalog(folder: string, configs: string, size: CatalogSize): WrittenCatalog {
  const files: Record<string, Uint8Array> = {}
  for (let at = 0; at < size.packages; at++) {
    const text = Buffer.from(packageText(`operator-${at}`, size))
    files[`configs/operator-${at}/catalog.json`] = text
    mkdirSync(path.join(configs, `operator-${at}`))
    writeFileSync(path.join(configs, `operator-${at}`, 'catalog.json'), text)
  }
  const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0)
  const labels = { 'operators.operatorframework.io.index.configs.v1': '/configs' }
  const image = buildImage({ files, config: { Labels: labels } })
  mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true })
  const { digest } = image.manifest
  for (const [each, content] of [...image.blobs, [digest, image.manifest.bytes] as const])
    writeFileSync(path.join(folder, 'blobs', each.replace(':', '/')), content)
  writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(
    path.join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [image.descriptor] }),
  )
  return { digest, bytes }
}

function packageText(name: string, size: CatalogSize): string {
  const versions = Array.from({ length: size.bundles }, (_, at) => `1.${at}.0`)
  const channels = Array.from({ length: size.channels }, (_, at) => ({
    schema: 'olm.channel',
    name: `channel-${at}`,
    package: name,
    // Each channel has more of the history than the one before.
    entries: versions.slice(0, Math.ceil(((at + 1) * size.bundles) / size.channels)).map((version, back) => ({
      name: `${name}.v${version}`,
      ...(back > 0 && { replaces: `${name}.v${versions[back - 1]}` }),
      skipRange: `<${version}`,
    })),
  }))
  const documents = [
    { schema: 'olm.package', name, defaultChannel: `channel-${size.channels - 1}` },
    ...channels,
    ...versions.map(version => bundle(name, version, size)),
  ]
  return documents.map(document => `${JSON.stringify(document, null, 4)}\n`).join('')
}

function bundle(name: string, version: string, { relatedImages }: CatalogSize) {
  const seed = `${name} ${version}`
  const image = (which: string) =>
    `registry.example/${name}/${which}@sha256:${Buffer.from(bytesFromSeed(`${seed} ${which}`, 32)).toString('hex')}`
  const description = Buffer.from(bytesFromSeed(seed, DESCRIPTION / 2))
    .toString('base64')
    .replaceAll('/', '\n')
  const examples = Array.from({ length: EXAMPLES }, (_, at) => ({
    kind: 'Widget',
    spec: { size: at, color: 'red' },
  }))
  return {
    schema: 'olm.bundle',
    name: `${name}.v${version}`,
    package: name,
    image: image('bundle'),
    properties: [
      { type: 'olm.package', value: { packageName: name, version } },
      { type: 'olm.gvk', value: { group: 'example.com', kind: 'Widget', version: 'v1' } },
      {
        type: 'olm.csv.metadata',
        value: {
          annotations: { 'alm-examples': JSON.stringify(examples, null, 2), capabilities: 'Full Lifecycle' },
          description,
          displayName: name,
          keywords: ['widget', 'example'],
        },
      },
    ],
    relatedImages: Array.from({ length: relatedImages }, (_, at) => ({
      name: `part-${at}`,
      image: image(`part-${at}`),
    })),
  }
}
