/** Files of a workspace -> releases with their components, signatures and update graphs (oc-mirror v2, "Archive"). */
import { readComponents } from '../../lib/content/release/payload/image-references.ts'
import { isDigest } from '../../lib/oci/digest.ts'
import { compareText } from '../../lib/target.ts'
import type { WorkspaceReading, WorkspaceRelease, WorkspaceSignature } from './workspace-model.ts'

const SIGNATURE = /^signatures\/(?<tag>[^/]+)-(?<algorithm>sha256|sha512)-(?<hex>[0-9a-f]+)$/
const REFERENCES = /^hold-release\/[^/]+\/(?<tag>[^/]+)\/release-manifests\/image-references$/
const GRAPH = /^hold-release\/cincinnati-graph-data\/(?<name>[^/]+\.json)$/

interface Releases {
  readonly releases: readonly WorkspaceRelease[]
  readonly signatures: readonly WorkspaceSignature[]
  readonly graphs: readonly { readonly name: string; readonly file: string }[]
}

export async function readReleases(reading: WorkspaceReading): Promise<Releases> {
  const signatures = reading.names.flatMap(signatureNamed)
  const releases: WorkspaceRelease[] = []
  for (const name of reading.names) {
    const tag = REFERENCES.exec(name)?.groups?.tag
    if (tag === undefined) continue
    const read = await reading.attempt(name, async () => readComponents(await reading.bytes(name), tag))
    if (read === undefined) continue
    const digest = signatures.find(signature => signature.tag === tag)?.digest
    releases.push({ tag, digest, components: read.components })
  }
  const graphs = reading.names.flatMap(file => {
    const name = GRAPH.exec(file)?.groups?.name
    return name === undefined ? [] : { name, file: `working-dir/${file}` }
  })
  return { releases: releases.sort((a, b) => compareText(a.tag, b.tag)), signatures, graphs }
}

function signatureNamed(name: string): readonly WorkspaceSignature[] {
  const { tag, algorithm, hex } = SIGNATURE.exec(name)?.groups ?? {}
  const digest = `${algorithm}:${hex}`
  return tag !== undefined && isDigest(digest) ? [{ tag, digest, file: `working-dir/${name}` }] : []
}
