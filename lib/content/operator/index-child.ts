/**
 * A catalog that is an index -> the one of its images that is read: what `--index-filter-by-os` of `oc adm catalog mirror`
 * chooses. All images of a catalog have the same content, so where several fit, one of them will do; oc refuses.
 */
import { PlanError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import { formatPlatform } from '../../oci/platform.ts'
import { isAttestation } from '../image-files/index.ts'

const PREFERRED = 'linux/amd64'

/**
 * @param filter held against `os/arch[/variant]`, not anchored
 * @returns the digest of the child, or that of an image that is no index
 * @throws PlanError with what there is to choose from
 */
export function chooseIndexChild(
  { manifest, digest, name }: { readonly manifest: Manifest; readonly digest: Digest; readonly name: string },
  filter: RegExp,
): Digest {
  if (manifest.kind === 'image') return digest
  const children = manifest.manifests
    .filter(child => !isAttestation(child) && child.platform !== undefined)
    .map(child => ({ digest: child.digest, platform: child.platform ? formatPlatform(child.platform) : '' }))
  const fitting = children.filter(({ platform }) => filter.test(platform))
  const chosen = fitting.find(({ platform }) => platform === PREFERRED) ?? fitting[0]
  if (chosen !== undefined) return chosen.digest
  throw new PlanError(
    [
      `${name} has images for several platforms, and none fits ${filter.source.replaceAll('\\/', '/')}`,
      ...children.map(child => `  ${child.platform}  ${child.digest}`),
    ].join('\n'),
    { hint: `choose one with --index-filter-by-os, for instance '^${children[0]?.platform ?? PREFERRED}$'` },
  )
}
