/**
 * Images on a disk as other tools leave them: the storage of a docker-registry, archives of oc-mirror v2 and v1, the tree
 * of `oc image mirror --dir`. Written from what is documented of those tools, not with the code that reads them.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import type { Digest } from '../lib/oci/digest.ts'
import { type Built, manifestsOf } from './images.ts'

/** Images by `repository:tag`; without a tag, an image is stored by its digest alone. */
export type StoredSet = Readonly<Record<string, Built>>

/** Names of files and what is in them. */
export type DiskFiles = ReadonlyMap<string, DiskFile>
export type DiskFile = string | Uint8Array | { readonly link: string }

/** `docker/registry/v2` as docker-registry lays it out. */
export function storageFiles(images: StoredSet): DiskFiles {
  const links = new Map<string, DiskFile>()
  const blobs = new Map<string, DiskFile>()
  const keep = (digest: Digest, bytes: Uint8Array): void => {
    const hex = digest.slice('sha256:'.length)
    blobs.set(`docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`, bytes)
  }
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag] = name.split(':')
    const base = `docker/registry/v2/repositories/${repository}`
    for (const { manifest, blobs: content } of manifestsOf(image)) {
      links.set(`${base}/_manifests/revisions/sha256/${manifest.digest.slice(7)}/link`, manifest.digest)
      keep(manifest.digest, manifest.bytes)
      for (const [digest, bytes] of content) {
        links.set(`${base}/_layers/sha256/${digest.slice(7)}/link`, digest)
        keep(digest, bytes)
      }
    }
    if (tag === undefined) continue
    const digest = image.manifest.digest
    links.set(`${base}/_manifests/tags/${tag}/current/link`, digest)
    links.set(`${base}/_manifests/tags/${tag}/index/sha256/${digest.slice(7)}/link`, digest)
  }
  return new Map([...links, ...blobs])
}

/** What `oc image mirror --dir` writes below its folder. */
export function mirrorFolderFiles(images: StoredSet): DiskFiles {
  const files = new Map<string, DiskFile>()
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag] = name.split(':')
    for (const { manifest, blobs } of manifestsOf(image)) {
      files.set(`v2/${repository}/manifests/${manifest.digest}`, manifest.bytes)
      files.set(`v2/${repository}/blobs/${manifest.digest}`, manifest.bytes)
      for (const [digest, bytes] of blobs) files.set(`v2/${repository}/blobs/${digest}`, bytes)
    }
    if (tag !== undefined) files.set(`v2/${repository}/manifests/${tag}`, { link: image.manifest.digest })
  }
  return files
}

/** An OCI image layout with `repository:tag` as names. */
export function layoutFiles(images: StoredSet): DiskFiles {
  const files = new Map<string, DiskFile>([['oci-layout', '{"imageLayoutVersion":"1.0.0"}']])
  const entries: unknown[] = []
  for (const [name, image] of Object.entries(images)) {
    const { mediaType, digest, bytes: root } = image.manifest
    const annotations = name.includes(':')
      ? { 'org.opencontainers.image.ref.name': name }
      : { 'io.mirrorform.repository': name }
    entries.push({ mediaType, digest, size: root.length, annotations })
    for (const { manifest, blobs } of manifestsOf(image))
      for (const [content, bytes] of [[manifest.digest, manifest.bytes] as const, ...blobs])
        files.set(`blobs/${content.replace(':', '/')}`, bytes)
  }
  return files.set('index.json', JSON.stringify({ schemaVersion: 2, manifests: entries }))
}

/** What oc-mirror v1 puts into an archive. @param without blobs that an earlier archive carried */
export function v1ArchiveFiles(images: StoredSet, without: ReadonlySet<Digest> = new Set()): DiskFiles {
  const associations: unknown[] = []
  const manifests = new Map<string, DiskFile>()
  const blobs = new Map<string, DiskFile>()
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag = ''] = name.split(':')
    const id = image.manifest.digest
    associations.push({
      name: `quay.io/${name}`,
      path: repository,
      id,
      tagSymlink: tag,
      type: 'generic',
      layerDigests: [...image.blobs.keys()],
    })
    for (const each of manifestsOf(image)) {
      manifests.set(`v2/${repository}/manifests/${each.manifest.digest}`, each.manifest.bytes)
      for (const [digest, bytes] of each.blobs) if (!without.has(digest)) blobs.set(`blobs/${digest}`, bytes)
    }
    manifests.set(`v2/${repository}/manifests/${tag}`, { link: id })
  }
  const metadata = {
    apiVersion: 'mirror.openshift.io/v1alpha2',
    kind: 'Metadata',
    uid: '360a43c2-0000-4000-8000-000000000000',
    singleUse: false,
    pastMirror: { timestamp: 1658342351, sequence: 1, mirror: {}, associations },
    pastAssociations: associations,
  }
  return new Map([['publish/.metadata.json', JSON.stringify(metadata)], ...manifests, ...blobs])
}

export interface V2ArchiveOptions {
  /** Bytes of content in one file; a file that is larger alone gets one of its own. Default: all in one. */
  readonly limit?: number
  /** Files of the workspace, named without `working-dir/`. */
  readonly workingDir?: Readonly<Record<string, string | Uint8Array>>
  /** Blobs an earlier archive carried. */
  readonly without?: ReadonlySet<Digest>
}

/** Writes `mirror_000001.tar` and so on, in oc-mirror's order. @returns the files' paths */
export async function writeV2Archive(
  folder: string,
  images: StoredSet,
  { limit = Number.POSITIVE_INFINITY, workingDir = {}, without = new Set() }: V2ArchiveOptions = {},
): Promise<readonly string[]> {
  const isCarried = (name: string): boolean => [...without].some(digest => name.includes(digest.slice(7)))
  const content = [...storageFiles(images)].filter(
    ([name]) => name.includes('/repositories/') || !isCarried(name),
  )
  const workspace = Object.entries(workingDir).map(([name, file]) => [`working-dir/${name}`, file] as const)
  const configuration = ['isc_2026-01-02T03:04:05Z', 'kind: ImageSetConfiguration\n'] as const
  const chunks: (readonly (readonly [string, DiskFile])[])[] = []
  let current: (readonly [string, DiskFile])[] = []
  let size = 0
  for (const entry of [...content, ...workspace, configuration]) {
    const bytes = sizeOf(entry[1])
    if (current.length > 0 && size + bytes > limit) {
      chunks.push(current)
      ;[current, size] = [[], 0]
    }
    current.push(entry)
    size += bytes
  }
  chunks.push(current)
  const paths: string[] = []
  for (const [at, chunk] of chunks.entries()) {
    const file = path.join(folder, `mirror_${String(at + 1).padStart(6, '0')}.tar`)
    await writeTar(file, new Map(chunk))
    paths.push(file)
  }
  return paths
}

/** A member as it is, for what no tool would write. */
export interface OddMember {
  readonly name: string
  readonly type?: 'file' | 'symlink' | 'link' | 'directory' | 'character-device'
  readonly linkname?: string
}

/** @param more empty members that come last */
export async function writeTar(
  file: string,
  files: DiskFiles,
  more: readonly OddMember[] = [],
): Promise<void> {
  const tar = pack()
  for (const [name, content] of files)
    if (typeof content === 'string' || content instanceof Uint8Array)
      tar.entry({ name }, Buffer.from(content))
    else tar.entry({ name, type: 'symlink', linkname: content.link })
  for (const header of more) tar.entry(header, '')
  tar.finalize()
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, await buffer(tar))
}

export function writeDiskFiles(folder: string, files: DiskFiles): void {
  for (const [name, content] of files) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(file, content)
    else symlinkSync(content.link, file)
  }
}

function sizeOf(content: DiskFile): number {
  if (typeof content === 'string') return Buffer.byteLength(content)
  return content instanceof Uint8Array ? content.length : 0
}
