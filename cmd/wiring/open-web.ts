/** Opens what is read besides registries: documents of the web, those of an earlier plan, and facts kept between runs. */
import { createDocuments, type Documents, type KeptDocument } from '../../lib/content/documents.ts'
import { PlaceError } from '../../lib/errors.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import type { FactCache, WebReader } from '../../lib/provider.ts'
import { openFactCache } from '../../providers/cache/fact-cache.ts'
import { openWebReader } from '../../providers/web/index.ts'
import { cacheFolder, type PlaceArguments, type Surroundings } from './open-places.ts'
import { readText } from './read-text.ts'

export interface WebArguments extends PlaceArguments {
  /** An earlier plan whose documents are used in place of the network. */
  readonly inputs?: string | undefined
  /** false: documents kept from earlier runs will do. */
  readonly refresh?: boolean | undefined
}

export interface WebPlaces {
  readonly documents: Documents
  readonly facts: FactCache
  close(): Promise<void>
}

/**
 * @param carried documents that came with an archive: then nothing is asked for in the web
 * @throws UsageError, PlanError when the earlier plan cannot be read
 */
export async function openWebPlaces(
  args: WebArguments,
  { env, home }: Surroundings,
  carried?: readonly KeptDocument[],
): Promise<WebPlaces> {
  const { inputs, refresh = true } = args
  const earlier = inputs === undefined ? [] : decodePlan(await readText(inputs, 'plan'), inputs).documents
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
  return {
    documents: createDocuments({ web, facts, earlier, refresh }),
    facts,
    close: () => web.close(),
  }
}

/** On the far side of a gap. */
const NO_WEB: WebReader = {
  get: async url => {
    throw new PlaceError(`${url} is not in the archive`, {
      hint: 'ask for what the image set of the near side asked for, or for less: an archive brings the documents that its own plan was made with, under the addresses it read them from (UPDATE_URL_OVERRIDE, OCP_SIGNATURE_URL, --graph-data-url)',
    })
  },
}
