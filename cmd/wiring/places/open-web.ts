/** Opens what is read besides registries: documents of the web, those of an earlier plan, and facts kept between runs. */
import { stat } from 'node:fs/promises'
import { createDocuments, type Documents, type KeptDocument } from '../../../lib/content/documents.ts'
import { PlaceError } from '../../../lib/errors.ts'
import { decodePlan } from '../../../lib/plan/plan-file.ts'
import type { FactCache, WebReader } from '../../../lib/provider.ts'
import { openFactCache } from '../../../providers/cache/fact-cache.ts'
import { openWebReader } from '../../../providers/web/index.ts'
import { readText } from '../read-text.ts'
import { cacheFolder, type PlaceArguments, type Surroundings } from './open-places.ts'

export interface WebArguments extends PlaceArguments {
  /** An earlier plan, or a workspace of oc-mirror v2, whose documents are used in place of the network. */
  readonly inputs?: string | undefined
  /** false: documents kept from earlier runs will do. */
  readonly refresh?: boolean | undefined
}

export interface WebPlaces {
  readonly documents: Documents
  readonly facts: FactCache
  close(): Promise<void>
}

export interface WebSetting {
  /** Documents that came with an archive: then nothing is asked for in the web. */
  readonly carried?: readonly KeptDocument[] | undefined
  /** What reads addresses of its own besides those of the web. */
  readonly through?: ((web: WebReader) => WebReader) | undefined
  /** What is read in place of the web where others are on the way to it: then no copies of earlier runs are used or made. */
  readonly behind?: ((web: WebReader) => WebReader) | undefined
}

/** @throws UsageError, PlanError when the earlier plan cannot be read */
export async function openWebPlaces(
  args: WebArguments,
  { env, home }: Surroundings,
  { carried, through = web => web, behind }: WebSetting = {},
): Promise<WebPlaces> {
  const { inputs, refresh = true } = args
  const earlier = inputs === undefined ? [] : await documentsOf(inputs, env)
  const facts = openFactCache(args.cacheDir ?? cacheFolder(env, home))
  if (carried !== undefined) {
    const documents = createDocuments({ web: NO_WEB, facts, earlier: [...carried, ...earlier], refresh })
    return { documents, facts, close: async () => {} }
  }
  const web = openWebReader({
    env,
    home,
    retries: args.retryTimes,
    srcTlsVerify: args.srcTlsVerify,
    ...(args.userAgent !== undefined && { userAgent: args.userAgent }),
  })
  const reader = through(web)
  const reading = behind === undefined ? { web: reader, facts } : { web: behind(reader), facts: NO_COPIES }
  return {
    documents: createDocuments({ ...reading, earlier, refresh }),
    facts,
    close: () => web.close(),
  }
}

/** Those of a plan, or of the workspace of oc-mirror v2 where a folder is named. */
export async function documentsOf(inputs: string, env: NodeJS.ProcessEnv): Promise<readonly KeptDocument[]> {
  const found = await stat(inputs).catch(() => undefined)
  if (!found?.isDirectory()) return decodePlan(await readText(inputs, 'plan'), inputs).documents
  const { readWorkspace, workspaceFiles } = await import('../../../providers/oc-mirror/index.ts')
  const { workspaceDocuments } = await import('../other-tools/workspace-documents.ts')
  const files = workspaceFiles(inputs)
  return workspaceDocuments(files, await readWorkspace(files, new AbortController().signal), env)
}

/** Signatures of a payload are asked for one after the other: where the ones before are, there are no more. */
const FURTHER_SIGNATURE = /\/signature-(?!1$)\d+$/

const NO_COPIES: FactCache = { get: async () => undefined, put: async () => {} }

/** On the far side of a gap. */
const NO_WEB: WebReader = {
  get: async url => {
    if (FURTHER_SIGNATURE.test(url)) return undefined
    throw new PlaceError(`${url} is not in the archive`, {
      hint: 'ask for what the image set of the near side asked for, or for less: an archive brings the documents that its own plan was made with, under the addresses it read them from (UPDATE_URL_OVERRIDE, OCP_SIGNATURE_URL, --graph-data-url)',
    })
  },
}
