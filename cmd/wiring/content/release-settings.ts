/**
 * Environment and options -> how releases are chosen and verified. The variables are those of oc-mirror v2, so that a job
 * that sets them goes on working.
 */
import type { PlatformOptions, SignatureOptions } from '../../../lib/content/release/index.ts'
import { readText } from '../read-text.ts'
import type { TargetChoice } from '../target/choose-target.ts'

export interface ReleaseArguments {
  readonly ignoreReleaseSignature: boolean
  readonly graphDataUrl?: string | undefined
}

/** @throws UsageError when the key file cannot be read, PlanError when it holds no key */
export async function signatureOptions(env: NodeJS.ProcessEnv): Promise<SignatureOptions> {
  const { parseKeyring, RED_HAT_KEYRING, RED_HAT_SIGNATURES_URL } = await import(
    '../../../lib/content/release/index.ts'
  )
  const keyFile = env.OCP_SIGNATURE_VERIFICATION_PK
  return {
    url: env.OCP_SIGNATURE_URL || RED_HAT_SIGNATURES_URL,
    keys: keyFile ? await parseKeyring(await readText(keyFile, 'public key'), keyFile) : RED_HAT_KEYRING,
    now: new Date(),
  }
}

export async function platformOptions(
  args: ReleaseArguments,
  choice: Pick<TargetChoice, 'conditionalUpdates' | 'graphDataBaseImage'>,
  env: NodeJS.ProcessEnv,
): Promise<PlatformOptions> {
  const { GRAPH_BASE_IMAGE, GRAPH_DATA_URL } = await import('../../../lib/content/release/index.ts')
  const updateUrl = env.UPDATE_URL_OVERRIDE
  return {
    conditionalUpdates: choice.conditionalUpdates,
    ...(updateUrl && { updateUrl }),
    ignoreReleaseSignature: args.ignoreReleaseSignature,
    graphImage: {
      url: args.graphDataUrl ?? GRAPH_DATA_URL,
      baseImage: choice.graphDataBaseImage ?? GRAPH_BASE_IMAGE,
    },
  }
}
