/**
 * A state -> the folder an admin applies: objects for the cluster on top, and below it what installers and nodes outside
 * of OpenShift are given. `oc apply -f` reads the top of a folder only, so that it takes what is meant for it.
 */
import { compareText, type TargetAddress } from '../target.ts'
import { nameCatalogs } from './catalog-name.ts'
import { catalogImages, catalogSource, clusterCatalog, templateFor, unusedTemplates } from './catalogs.ts'
import { listedNames } from './listed-names.ts'
import { madeBy } from './marker.ts'
import { registryOf } from './mirror-registry.ts'
import { type MirrorRule, mirrorRules } from './mirror-rules.ts'
import { contentSourcePolicies, digestMirrorSets, tagMirrorSets } from './mirror-sets.ts'
import { mirroredRepositories } from './mirrored-repositories.ts'
import { nodeFiles } from './node-files.ts'
import { signatureConfigMaps } from './release-signatures.ts'
import type { ClusterObject, HeldImages, ResourceFile, ResourceOptions, Resources } from './resource.ts'
import { type SamplesChoice, samplesChoice } from './samples.ts'
import { updateService } from './update-service.ts'
import { yamlDocuments } from './yaml-text.ts'

/** @throws ResourceError for a target that no resource can name, and for a catalog that cannot have a name */
export function makeResources(held: HeldImages, options: ResourceOptions): Resources {
  registryOf(held.target)
  const repositories = mirroredRepositories(held)
  const rules = mirrorRules(repositories, options.maxNestedPaths)
  const service = updateService(held)
  const samples = samplesChoice(held, options.samples)
  const nodes = nodeFiles(held.target, rules, repositories, options.icsp)
  const files = [
    ...mirrorSetFiles(held.target, rules, options),
    ...catalogFiles(held, options),
    ...signatureFiles(held, options),
    ...(service.object === undefined
      ? []
      : [objectFile('updateService.yaml', held.target, [service.object], options)]),
    ...samplesFiles(held.target, samples, options),
    ...nodes.files,
  ]
  return {
    files: files.sort((a, b) => compareText(a.path, b.path)),
    notes: [
      ...policyNotes(rules, options),
      ...rewrittenNotes(held),
      ...templateNotes(held, options),
      ...service.notes,
      ...samples.notes,
      ...nodes.notes,
    ],
  }
}

function mirrorSetFiles(
  target: TargetAddress,
  rules: readonly MirrorRule[],
  options: ResourceOptions,
): readonly ResourceFile[] {
  const sets: readonly (readonly [path: string, objects: readonly ClusterObject[]])[] = options.icsp
    ? [['imageContentSourcePolicy.yaml', contentSourcePolicies(rules)]]
    : [
        ['idms-oc-mirror.yaml', digestMirrorSets(rules)],
        ['itms-oc-mirror.yaml', tagMirrorSets(rules)],
      ]
  return sets.flatMap(([path, objects]) =>
    objects.length === 0 ? [] : [objectFile(path, target, objects, options)],
  )
}

/** The authority comes first when a folder is applied. */
function samplesFiles(
  target: TargetAddress,
  { authority, config }: SamplesChoice,
  options: ResourceOptions,
): readonly ResourceFile[] {
  const files = [
    ['samples-ca.yaml', authority],
    ['samples-operator.yaml', config],
  ] as const
  return files.flatMap(([path, objects]) =>
    objects.length === 0 ? [] : [objectFile(path, target, objects, options)],
  )
}

/** Clusters that take policies have no ClusterCatalog. */
function catalogFiles(held: HeldImages, options: ResourceOptions): readonly ResourceFile[] {
  const { target } = held
  return nameCatalogs(target, catalogImages(held)).flatMap(named => {
    const template = templateFor(named.image, options.templates)
    const source = catalogSource(target, named, template)
    return [
      objectFile(`cs-${named.suffix}.yaml`, target, [source], options),
      ...(options.icsp
        ? []
        : [objectFile(`cc-${named.suffix}.yaml`, target, [clusterCatalog(target, named)], options)]),
    ]
  })
}

/** As YAML and as JSON, like oc-mirror; each object in a file of its own, because JSON has one in a file. */
function signatureFiles(held: HeldImages, options: ResourceOptions): readonly ResourceFile[] {
  return signatureConfigMaps(held).flatMap((plain, at) => {
    const object = annotated(plain, options)
    const name = at === 0 ? 'signature-configmap' : `signature-configmap-${at}`
    return [
      objectFile(`${name}.yaml`, held.target, [plain], options),
      { path: `${name}.json`, text: `${JSON.stringify(object)}\n`, objects: [object] },
    ]
  })
}

function objectFile(
  path: string,
  target: TargetAddress,
  plain: readonly ClusterObject[],
  options: ResourceOptions,
): ResourceFile {
  const objects = plain.map(object => annotated(object, options))
  return { path, text: yamlDocuments(madeBy(target), objects), objects }
}

function annotated(object: ClusterObject, { annotations = {} }: ResourceOptions): ClusterObject {
  if (Object.keys(annotations).length === 0) return object
  const { metadata } = object
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } }
}

function policyNotes(rules: readonly MirrorRule[], { icsp }: ResourceOptions): readonly string[] {
  const byDigest = new Set(rules.filter(({ by }) => by === 'digest').map(({ source }) => source))
  const others = new Set(rules.map(({ source }) => source).filter(source => !byDigest.has(source)))
  if (!icsp || others.size === 0) return []
  return [
    `An ImageContentSourcePolicy is for pulls by digest only: by their tags, images of ${listedNames([...others])} are not taken from the mirror.`,
  ]
}

/** An index with fewer platforms has another digest: who asks for the one at the source does not find it. */
function rewrittenNotes({ images }: HeldImages): readonly string[] {
  const rewritten = images.filter(
    ({ sourceDigest, digest, origins }) =>
      sourceDigest !== undefined &&
      sourceDigest !== digest &&
      !origins.some(({ kind }) => kind === 'catalog' || kind === 'graphData'),
  )
  const [first, ...others] = rewritten
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return [
    `The mirror has an index of fewer platforms for ${first.source}${more}: pulls by the source's digest do not find it (see --platform-index).`,
  ]
}

function templateNotes(held: HeldImages, { templates }: ResourceOptions): readonly string[] {
  const names = unusedTemplates(catalogImages(held), templates).map(({ catalog }) => catalog)
  return [...new Set(names)].map(
    catalog => `The mirror does not hold ${catalog} yet: its CatalogSource is not made.`,
  )
}
