/**
 * An `olm.bundle`, from untrusted JSON. As for opm's model, its version is that of its one property `olm.package`, which
 * also names the package again. More tolerant than opm: a bundle may stand in no channel and may have no image of its own.
 */
import { isRecord } from '../../../oci/json.ts'
import type { CatalogBundle, RelatedImage } from '../model.ts'
import type { CatalogDocument } from './catalog.ts'
import { readRelations } from './read-relations.ts'

/** Semantic Versioning 2.0.0, three numbers and no `v` before them. */
const STRICT_VERSION =
  /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

type Say = (text: string) => void

/** undefined when it cannot be used, which has been complained of. */
export function readBundle(
  { name, package: owner }: Pick<CatalogDocument, 'name' | 'package'>,
  value: Readonly<Record<string, unknown>>,
  complain: Say,
): CatalogBundle | undefined {
  const say: Say = text => complain(`bundle "${name}" in package "${owner}" ${text}`)
  const image = value.image ?? ''
  if (typeof image !== 'string') say('has an image that is no text')
  const version = readVersion(value.properties, owner, say)
  const relatedImages = readRelatedImages(value.relatedImages, say)
  if (version === undefined || relatedImages === undefined || typeof image !== 'string') return undefined
  const relations = readRelations(value.properties)
  return { name, version, image, relatedImages, ...(relations !== undefined && { relations }) }
}

function readVersion(properties: unknown, owner: string, say: Say): string | undefined {
  const all: readonly unknown[] = Array.isArray(properties) ? properties : []
  const ours = all.filter(isRecord).filter(({ type }) => type === 'olm.package')
  const [property] = ours
  if (property === undefined) return void say('has no package property')
  if (ours.length > 1) return void say(`has ${ours.length} package properties`)
  const { packageName, version } = isRecord(property.value) ? property.value : {}
  if (typeof version !== 'string' || version === '')
    return void say('has a package property without a version')
  if (packageName !== owner)
    return void say(`says in its package property that it is of ${JSON.stringify(packageName)}`)
  if (STRICT_VERSION.test(version)) return version
  return void say(
    `has the version "${version}", which is not semantic versioning (1.2.3, 1.2.3-rc.1, 1.2.3+4)`,
  )
}

function readRelatedImages(value: unknown, say: Say): readonly RelatedImage[] | undefined {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return void say('has relatedImages that are no list')
  const images = new Map<string, RelatedImage>()
  for (const [at, each] of value.entries()) {
    const { name, image } = isRecord(each) ? each : {}
    if (typeof image !== 'string') return void say(`has no image in relatedImages[${at}]`)
    if (!images.has(image)) images.set(image, { name: typeof name === 'string' ? name : '', image })
  }
  return [...images.values()]
}
