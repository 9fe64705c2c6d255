/** `verify`: proves that the target holds what the state says; `--deep` reads and hashes every byte. */
import '../young-generation.ts'
import { verifyState } from '../../lib/apply/index.ts'
import { countOf, formatBytes } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { openPlaces, type PlaceArguments } from '../wiring/places/open-places.ts'
import type { TargetArguments } from '../wiring/target/choose-target.ts'
import { findState, settledFor } from '../wiring/target/find-state.ts'
import { parallelOf } from '../wiring/target/target-settings.ts'

export interface VerifyArguments extends TargetArguments, PlaceArguments {
  readonly deep: boolean
  readonly parallelLayers?: number | undefined
}

export const run: Command<VerifyArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  const { loaded } = await findState(args, output)
  const settled = await settledFor(args)
  const places = await openPlaces(settled, loaded.state.target, invocation)
  try {
    const result = await verifyState(loaded.state, {
      target: places.target,
      deep: args.deep,
      parallel: parallelOf(settled).layers,
      onBytes: () => {},
      signal: interrupts.soft.signal,
    })
    for (const { destination, what, digest, message } of result.findings)
      output.print(`${destination}: ${what} ${digest}: ${message}`)
    const checked = `${countOf(result.images, 'image')}, ${countOf(result.manifests, 'manifest')} and ${countOf(result.blobs, 'blob')}`
    const read = args.deep ? `, ${formatBytes(result.bytes)} read and hashed` : ''
    output.print(
      result.findings.length === 0
        ? `Verified: ${checked} are as the state says${read}.`
        : `${countOf(result.findings.length, 'problem')} in ${checked}${read}. A plan brings back what is missing.`,
    )
    await output.document({ format: 'mirrorform-verify', version: 1, deep: args.deep, ...result })
    return result.findings.length === 0 ? 0 : 1
  } finally {
    await places.close()
  }
}
