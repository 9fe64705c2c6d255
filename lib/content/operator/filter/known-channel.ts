/** A channel with the version of each entry at hand, and what is chosen of it. */
import type { CatalogBundle, CatalogChannel, CatalogPackage, ChannelEntry } from '../model.ts'
import type { FilterProblem } from './filter-error.ts'
import { parseVersion, type Version, type VersionRange } from './versions.ts'

export interface KnownChannel {
  readonly name: string
  readonly isDefault: boolean
  readonly entries: readonly KnownEntry[]
}

export interface KnownEntry extends ChannelEntry {
  /** Absent when the catalog has no bundle of this name. */
  readonly bundle?: CatalogBundle
  readonly version?: Version
}

/** What is asked of a channel. */
export type ChannelWish =
  | { readonly kind: 'head' }
  | { readonly kind: 'full'; readonly why: string }
  | { readonly kind: 'range'; readonly range: VersionRange }
  | { readonly kind: 'bundles'; readonly names: ReadonlySet<string> }

/** What is kept of a channel: entries by name, each with its reason. Problems and remarks come without their names. */
export interface ChannelChoice {
  readonly kept: ReadonlyMap<string, string>
  readonly problems: readonly FilterProblem[]
  readonly remarks: readonly string[]
}

export const NOTHING: ChannelChoice = { kept: new Map(), problems: [], remarks: [] }

export function knownChannel(
  { bundles }: CatalogPackage,
  { name, entries }: CatalogChannel,
  defaultChannel: string | undefined,
): KnownChannel {
  return {
    name,
    isDefault: name === defaultChannel,
    entries: entries.map(entry => {
      const bundle = bundles.get(entry.name)
      const version = bundle === undefined ? undefined : parseVersion(bundle.version)
      return { ...entry, ...(bundle !== undefined && { bundle }), ...(version !== undefined && { version }) }
    }),
  }
}

/** `channel fast`, `the default channel stable` */
export function channelText({ name, isDefault }: KnownChannel): string {
  return isDefault ? `the default channel ${name}` : `channel ${name}`
}

/** A bundle as a message calls it: its version, else the name of its entry. */
export function versionText({ name, bundle }: KnownEntry): string {
  return bundle?.version ?? name
}
