/**
 * Catalogs of a state -> a CatalogSource for each (the operator lifecycle manager) and a ClusterCatalog (OLM v1), at their
 * place in the mirror (oc-mirror v2, "CatalogSource" and "ClusterCatalog").
 */
import type { StateImage } from '../state.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import type { NamedCatalog } from './catalog-name.ts'
import { CATALOG_SOURCE_API, type CatalogTemplate } from './catalog-source-template.ts'
import type { ClusterObject, HeldImages } from './resource.ts'

const MARKETPLACE = 'openshift-marketplace'

/** In the order of destinations. */
export function catalogImages({ images }: HeldImages): readonly StateImage[] {
  return images.filter(({ origins }) => origins.some(({ kind }) => kind === 'catalog'))
}

/** @param template name, namespace, image and kind of source are set whatever it says */
export function catalogSource(
  target: TargetAddress,
  { image, suffix }: NamedCatalog,
  template: CatalogTemplate | undefined,
): ClusterObject {
  const { labels = {}, annotations = {}, spec = {} } = template?.object ?? {}
  return {
    apiVersion: CATALOG_SOURCE_API,
    kind: 'CatalogSource',
    metadata: {
      name: `cs-${suffix}`,
      namespace: MARKETPLACE,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { ...spec, image: formatDestination(target, image.destination), sourceType: 'grpc' },
  }
}

export function clusterCatalog(target: TargetAddress, { image, suffix }: NamedCatalog): ClusterObject {
  return {
    apiVersion: 'olm.operatorframework.io/v1',
    kind: 'ClusterCatalog',
    metadata: { name: `cc-${suffix}` },
    spec: {
      priority: 0,
      source: { type: 'Image', image: { ref: formatDestination(target, image.destination) } },
    },
  }
}

/**
 * The template of the catalog's own entry: its name must be the same, not only contain it. Where several entries ask for
 * one catalog, the entry that says this place comes first.
 */
export function templateFor(
  { destination, origins }: StateImage,
  templates: readonly CatalogTemplate[],
): CatalogTemplate | undefined {
  const names = new Set(origins.flatMap(origin => (origin.kind === 'catalog' ? [origin.catalog] : [])))
  const fits = templates.filter(({ catalog }) => names.has(catalog))
  const isHere = ({ targetCatalog, targetTag }: CatalogTemplate): boolean =>
    (targetCatalog === undefined || `/${destination.repository}`.endsWith(`/${targetCatalog}`)) &&
    (targetTag === undefined || destination.tag === targetTag)
  const saysPlace = (template: CatalogTemplate): boolean =>
    template.targetCatalog !== undefined || template.targetTag !== undefined
  const here = fits.filter(isHere)
  return here.find(saysPlace) ?? here[0] ?? fits[0]
}

/** Templates that no catalog of the mirror takes. */
export function unusedTemplates(
  catalogs: readonly StateImage[],
  templates: readonly CatalogTemplate[],
): readonly CatalogTemplate[] {
  const used = new Set(catalogs.map(image => templateFor(image, templates)))
  return templates.filter(template => !used.has(template))
}
