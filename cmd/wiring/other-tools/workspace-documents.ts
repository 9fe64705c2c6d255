/**
 * The files of a workspace of oc-mirror v2 -> the documents a choice of releases is made with: update graphs and signatures,
 * under the addresses they would be asked for at.
 */
import type { KeptDocument } from '../../../lib/content/documents.ts'
import { isReleaseArchitecture } from '../../../lib/content/release/architecture.ts'
import { RED_HAT_SIGNATURES_URL, signatureUrl } from '../../../lib/content/release/signatures/index.ts'
import { graphUrl } from '../../../lib/content/release/update-graph/question.ts'
import { type Digest, digestOf } from '../../../lib/oci/digest.ts'
import type { Workspace, WorkspaceFiles } from '../../../providers/oc-mirror/index.ts'

/** `amd64-stable-4.16.json` */
const GRAPH_NAME = /^(?<architecture>[a-z0-9]+)-(?<channel>.+)\.json$/

export async function workspaceDocuments(
  files: WorkspaceFiles,
  { graphs, signatures }: Pick<Workspace, 'graphs' | 'signatures'>,
  env: NodeJS.ProcessEnv,
): Promise<readonly KeptDocument[]> {
  const documents: KeptDocument[] = []
  const keep = async (urls: readonly string[], file: string): Promise<void> => {
    const bytes = await files.document(file)
    const digest = digestOf(bytes)
    documents.push(...urls.map(url => ({ url, digest, bytes })))
  }
  for (const { name, file } of graphs) await keep(graphUrls(name, env), file)
  const numbers = new Map<Digest, number>()
  for (const { digest, file } of signatures) {
    const number = (numbers.get(digest) ?? 0) + 1
    numbers.set(digest, number)
    await keep([signatureUrl(env.OCP_SIGNATURE_URL || RED_HAT_SIGNATURES_URL, digest, number)], file)
  }
  return documents
}

/** The file does not say whether the channel is one of OKD. */
function graphUrls(name: string, env: NodeJS.ProcessEnv): readonly string[] {
  const { architecture = '', channel = '' } = GRAPH_NAME.exec(name)?.groups ?? {}
  if (!isReleaseArchitecture(architecture)) return []
  const updateUrl = env.UPDATE_URL_OVERRIDE
  return (['ocp', 'okd'] as const).map(product =>
    graphUrl({ product, channel, architecture, ...(updateUrl && { updateUrl }) }),
  )
}
