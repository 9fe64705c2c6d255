/** `mirror.additionalImages` and `mirror.blockedImages` of an image set of v1 -> those of v2. */
import type { YAMLMap } from 'yaml'
import { parseReference, repositoryName, type Tag } from '../../oci/reference.ts'
import type { AdditionalImage } from '../additional-images.ts'
import type { ImageSet } from '../image-set.ts'
import { v1TagsByDigest } from '../v1/image-tags.ts'
import { keyNode, mapsAt, pairOf, setText } from './nodes.ts'
import type { Rewriting } from './rewriting.ts'

export function migrateImages(rewriting: Rewriting, mirror: YAMLMap, imageSet: ImageSet): void {
  const images = mapsAt(mirror, 'additionalImages')
  const tags = v1TagsByDigest(imageSet.additionalImages)
  for (const [at, image] of images.entries()) {
    const wanted = imageSet.additionalImages[at]
    if (wanted === undefined) continue
    writeHost(rewriting, image, wanted)
    keepTag(rewriting, image, tags.get(wanted))
  }
  const blocked = pairOf(mirror, 'blockedImages')
  if (blocked !== undefined && imageSet.blocked.length > 0)
    rewriting.tell(
      keyNode(blocked),
      undefined,
      'v1 looked for these in sources only; v2 looks for them in destinations too',
    )
}

/** v2 does not guess the registry of a short name. */
function writeHost(rewriting: Rewriting, image: YAMLMap, { name, source }: AdditionalImage): void {
  if (source.kind === 'layout') return
  const { host } = source.reference
  const bare = name.replace(/^docker:\/\//, '')
  if (bare.startsWith(`${host}/`)) return
  const { tag, digest } = parseReference(name)
  const whole = `${repositoryName(source.reference)}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
  setText(image, 'name', whole)
  rewriting.tell(image, undefined, `${name} is written with its registry`)
}

/** What has a digest alone is `latest` in v1, and has its digest as its tag in v2. */
function keepTag(rewriting: Rewriting, image: YAMLMap, tag: Tag | undefined): void {
  if (tag === undefined) return
  setText(image, 'targetTag', tag)
  rewriting.tell(image, undefined, `targetTag ${tag} keeps the tag v1 gave this image`)
}
