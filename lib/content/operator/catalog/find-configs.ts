/** A catalog image → where its labels say that the catalog is: a folder of configs, or the database of older catalogs. */
import { PlanError } from '../../../errors.ts'
import type { ImageManifest } from '../../../oci/manifest.ts'
import { entryPath } from '../../image-files/entry-path.ts'
import { imageConfig, platformImage } from '../../image-files/index.ts'
import type { CatalogContext, CatalogSource } from './catalog.ts'

const CONFIGS_LABEL = 'operators.operatorframework.io.index.configs.v1'
const DATABASE_LABEL = 'operators.operatorframework.io.index.database.v1'

/** All platforms of a catalog carry the same files. */
const PLATFORMS = ['linux/amd64']

export interface ConfigsPlace {
  readonly kind: 'configs' | 'database'
  readonly label: string
  /** Of the folder or file, inside the image and without a slash before it: `configs`, `database/index.db`. */
  readonly path: string
  readonly manifest: ImageManifest
}

/** @throws PlanError naming catalog and labels; ImageFault, PlaceError, DigestMismatchError as reading the image does */
export async function findConfigs(
  { reader, digest, name }: CatalogSource,
  { cache }: CatalogContext,
  signal: AbortSignal,
): Promise<ConfigsPlace> {
  const { manifest } = await platformImage(reader, digest, PLATFORMS, cache, signal)
  const { labels } = await imageConfig(reader, manifest, signal)
  for (const [kind, label] of [
    ['configs', CONFIGS_LABEL],
    ['database', DATABASE_LABEL],
  ] as const) {
    const value = labels[label]
    if (value === undefined) continue
    const path = entryPath(value)
    if (path) return { kind, label, path, manifest }
    throw new PlanError(
      `${name}: its label ${label} is ${JSON.stringify(value)}, which is no place for a catalog`,
      {
        hint: 'the catalog image was built wrongly; opm generate dockerfile makes one with the label /configs',
      },
    )
  }
  const others = Object.keys(labels).sort()
  const has = others.length === 0 ? 'it has no labels' : `its labels are ${others.join(', ')}`
  throw new PlanError(
    `${name} is no operator catalog: it has neither ${CONFIGS_LABEL} nor ${DATABASE_LABEL}`,
    {
      hint: `${has}; check that mirror.operators names a catalog (an index image) and not an operator or a bundle`,
    },
  )
}
