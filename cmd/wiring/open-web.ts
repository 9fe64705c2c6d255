/** Opens what is read besides registries: documents of the web, those of an earlier plan, and facts kept between runs. */
import { createDocuments, type Documents } from '../../lib/content/documents.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import type { FactCache } from '../../lib/provider.ts'
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

/** @throws UsageError, PlanError when the earlier plan cannot be read */
export async function openWebPlaces(args: WebArguments, { env, home }: Surroundings): Promise<WebPlaces> {
  const { inputs, refresh = true } = args
  const earlier = inputs === undefined ? [] : decodePlan(await readText(inputs, 'plan'), inputs).documents
  const facts = openFactCache(args.cacheDir ?? cacheFolder(env, home))
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
