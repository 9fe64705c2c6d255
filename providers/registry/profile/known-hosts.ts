/**
 * What is known of public registries before anything was asked of them, so that their limits need not be met first.
 * What a profile says goes before it.
 */
import type { HostProfile } from './host-profile.ts'

const MB = 1_000_000
const MiB = 1024 * 1024

const KNOWN: readonly { readonly host: RegExp; readonly profile: HostProfile }[] = [
  // One streaming PATCH, or chunks of at most 4 MiB: longer ones are answered 416.
  { host: /^ghcr\.io$/, profile: { uploadBy: 'patch', chunkSize: 4 * MiB } },
  // One request body may have about 20 MB.
  { host: /\.azurecr\.(?:io|cn|us)$/, profile: { maxBody: 20 * MB } },
]

export function knownOf(host: string): HostProfile {
  return KNOWN.find(known => known.host.test(host))?.profile ?? {}
}
