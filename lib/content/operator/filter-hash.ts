/**
 * What an image set asks of a catalog -> the hash by which oc-mirror v2 calls the catalog that it makes of it: MD5 over the
 * entry as compact JSON, with the catalog pinned by digest and without what only concerns the destination.
 *
 * The order of members and what is left out are those of oc-mirror's own encoding (spec, filter hash).
 */
import { createHash } from 'node:crypto'
import type { OperatorPackage, OperatorSection } from '../../config/index.ts'
import type { Digest } from '../../oci/digest.ts'

export type HashedSection = Pick<
  OperatorSection,
  'catalog' | 'packages' | 'full' | 'skipDependencies' | 'platforms'
>

/** 32 hex characters. @param digest of the catalog, as its tag was resolved */
export function filterHash(section: HashedSection, digest: Digest): string {
  const { packages, full, skipDependencies, platforms } = section
  const entry = {
    packages: packages.length === 0 ? null : packages.map(packageEntry),
    catalog: `${nameOf(section.catalog)}@${digest}`,
    ...(full && { full }),
    ...(skipDependencies && { skipDependencies }),
    ...(platforms.length > 0 && {
      platforms: platforms.map(({ os, architecture }) => ({ os, architecture })),
    }),
  }
  return createHash('md5')
    .update(escaped(JSON.stringify(entry)))
    .digest('hex')
}

/** Bundles by name are not in oc-mirror's format any more: there they make a hash of their own. */
function packageEntry({ name, channels, defaultChannel, minVersion, maxVersion, bundles }: OperatorPackage) {
  return {
    name,
    ...(channels.length > 0 && {
      channels: channels.map(channel => ({
        name: channel.name,
        ...range(channel.minVersion, channel.maxVersion),
      })),
    }),
    ...(defaultChannel !== undefined && { defaultChannel }),
    ...range(minVersion, maxVersion),
    ...(bundles.length > 0 && { bundles: bundles.map(bundle => ({ name: bundle })) }),
  }
}

function range(minVersion: string | undefined, maxVersion: string | undefined) {
  return { ...(minVersion !== undefined && { minVersion }), ...(maxVersion !== undefined && { maxVersion }) }
}

/** As written, without transport, tag and digest. */
function nameOf(catalog: string): string {
  const bare = catalog.replace(/^[a-z]+:\/\//, '').replace(/@.*$/, '')
  const colon = bare.lastIndexOf(':')
  return colon > bare.lastIndexOf('/') ? bare.slice(0, colon) : bare
}

/** Go's encoder escapes what would be markup in HTML, and two line ends of JavaScript. */
function escaped(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
