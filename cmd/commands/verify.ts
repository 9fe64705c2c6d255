/** `verify`: proves that the target holds what the state says; `--deep` reads and hashes every byte. */
import '../young-generation.ts'
import { verifyState } from '../../lib/apply/index.ts'
import { countOf, formatBytes } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import type { TargetArguments } from '../wiring/choose-target.ts'
import { findState } from '../wiring/find-state.ts'
import { openPlaces, type PlaceArguments } from '../wiring/open-places.ts'

export interface VerifyArguments extends TargetArguments, PlaceArguments {
  readonly deep: boolean
  readonly parallelLayers: number
}

export const run: Command<VerifyArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  const { loaded } = await findState(args, output)
  const places = await openPlaces(args, loaded.state.target, invocation)
  try {
    const result = await verifyState(loaded.state, {
      target: places.target,
      deep: args.deep,
      parallel: args.parallelLayers,
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
