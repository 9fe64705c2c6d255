/** The targets on the way to another -> what is read there in place of the web: their update services, documents of their plans. */
import { hintOf, messageOf, UsageError } from '../../../lib/errors.ts'
import type { WebReader } from '../../../lib/provider.ts'
import type { DocumentHop, Hop } from '../../../providers/enclave/index.ts'
import { documentsOf } from '../places/open-web.ts'
import type { TargetHop } from '../target/hops.ts'

export interface BehindHops {
  /** In place of the web. */
  readonly behind?: (web: WebReader) => WebReader
  /** Where update graphs are asked for. */
  readonly updateUrl?: string
}

/**
 * Nothing where images are read at their sources.
 *
 * @param hops nearest first
 * @throws UsageError naming the target whose `inputs` cannot be read
 */
export async function webBehind(
  via: Hop | undefined,
  hops: readonly TargetHop[] = [],
  env: NodeJS.ProcessEnv,
): Promise<BehindHops> {
  if (via === undefined) return {}
  const { enclaveWeb, updateServiceOf } = await import('../../../providers/enclave/index.ts')
  const telling = await Promise.all(hops.map(hop => documentHop(hop, env)))
  const updateUrl = updateServiceOf(telling)
  return {
    behind: web => enclaveWeb(via, telling, web),
    ...(updateUrl !== undefined && { updateUrl }),
  }
}

async function documentHop(
  { name, updateService, inputs }: TargetHop,
  env: NodeJS.ProcessEnv,
): Promise<DocumentHop> {
  return {
    name,
    ...(updateService !== undefined && { updateService }),
    ...(inputs !== undefined && { inputs: { path: inputs, documents: await keptBy(name, inputs, env) } }),
  }
}

async function keptBy(name: string, path: string, env: NodeJS.ProcessEnv) {
  try {
    return await documentsOf(path, env)
  } catch (cause) {
    throw new UsageError(`inputs of the target ${name}: ${messageOf(cause)}`, {
      hint: hintOf(cause) ?? `mirrorform plan --target ${name} -o ${path} writes it`,
      cause,
    })
  }
}
