/**
 * A catalog as other tools take it from a registry: copied out with skopeo, its layers laid over each other, and what is
 * below /configs then read. Layers are unpacked here with tar-stream alone, so that nothing of what is tested plays a part
 * before the documents themselves are read.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import tar from 'tar-stream'
import { type Catalog, readCatalogFiles } from '../lib/content/operator/catalog/index.ts'
import { digestOf } from '../lib/oci/digest.ts'
import type { CliWorkspace } from './run-cli.ts'
import { copyOut } from './skopeo.ts'

export interface PulledCatalog {
  readonly catalog: Catalog
  /** Bundle names, sorted. */
  readonly bundles: readonly string[]
  /** Of each platform. */
  readonly configs: readonly PulledConfig[]
  /** Paths of files that are there after all layers, sorted; of the first platform. */
  readonly paths: readonly string[]
}

export interface PulledConfig {
  readonly architecture: string
  readonly config: {
    readonly Cmd?: readonly string[]
    readonly Entrypoint?: readonly string[]
    readonly Labels?: Readonly<Record<string, string>>
  }
}

interface PulledManifest {
  readonly manifests?: readonly { readonly digest: string }[]
  readonly config: { readonly digest: string }
  readonly layers: readonly { readonly digest: string }[]
}

type Files = Map<string, Uint8Array>

/**
 * @param place `docker://host/repository:tag`
 * @param platform `os/architecture`, where the registry holds only that of an index; default all
 * @throws Error when platforms hold different documents
 */
export async function pullCatalog(
  workspace: CliWorkspace,
  place: string,
  platform?: string,
): Promise<PulledCatalog> {
  const folder = path.join(workspace.root, `pulled-${digestOf(`${place} ${pulled++}`).slice(7, 19)}`)
  await copyOut(workspace, place, folder, platform)
  const blob = (digest: string): Buffer => readFileSync(path.join(folder, digest.replace(/^sha256:/, '')))
  const json = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
  const top: PulledManifest = json('manifest.json')
  // `dir:` keeps the manifests of an index beside it.
  const manifests: readonly PulledManifest[] = top.manifests?.map(({ digest }) =>
    json(`${digest.replace(/^sha256:/, '')}.manifest.json`),
  ) ?? [top]
  const trees = await Promise.all(
    manifests.map(async ({ layers }) =>
      laidOver(await Promise.all(layers.map(({ digest }) => filesOf(blob(digest))))),
    ),
  )
  const catalogs = trees.map(files => readConfigs(files, place))
  const [catalog] = catalogs
  if (catalog === undefined) throw new Error(`${place} has no image`)
  for (const other of catalogs)
    if (textOf(other) !== textOf(catalog)) throw new Error(`${place}: platforms hold different documents`)
  return {
    catalog,
    bundles: catalog.model.packages.flatMap(({ bundles }) => [...bundles.keys()]).toSorted(),
    configs: manifests.map(({ config }) => JSON.parse(blob(config.digest).toString())),
    paths: [...(trees[0]?.keys() ?? [])].toSorted(),
  }
}

/** Folders of a workspace that catalogs were copied to. */
let pulled = 0

function readConfigs(files: Files, place: string): Catalog {
  const documents = [...files].filter(([name]) => name.startsWith('configs/'))
  return readCatalogFiles(
    new Map(documents.map(([name, bytes]) => [name.slice('configs/'.length), bytes])),
    place,
  )
}

function textOf({ documents }: Catalog): string {
  return documents.map(document => document.text()).join('\n')
}

async function filesOf(layer: Buffer): Promise<Files> {
  const archive = tar.extract()
  archive.end(layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer)
  const files: Files = new Map()
  for await (const entry of archive) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array))
    if (entry.header.type === 'file')
      files.set(entry.header.name.replace(/^\.?\//, ''), Buffer.concat(chunks))
  }
  return files
}

/** OCI image-spec, "Representing Changes": a whiteout takes away what lower layers had, an opaque one all of a folder. */
function laidOver(layers: readonly Files[]): Files {
  const image: Files = new Map()
  for (const layer of layers) {
    for (const name of layer.keys()) {
      const { dir, base } = path.posix.parse(name)
      if (!base.startsWith('.wh.')) continue
      const gone = base === '.wh..wh..opq' ? dir : path.posix.join(dir, base.slice('.wh.'.length))
      for (const each of [...image.keys()])
        if (each === gone || each.startsWith(`${gone}/`)) image.delete(each)
    }
    for (const [name, bytes] of layer)
      if (!path.posix.basename(name).startsWith('.wh.')) image.set(name, bytes)
  }
  return image
}
