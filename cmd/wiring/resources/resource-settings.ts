/**
 * From the command line to what resources are made with: the templates that image sets name, whether paths were folded,
 * and the folder. A state named with --state stands alone; image sets beside it only add their templates.
 */
import { basename, dirname, isAbsolute, join } from 'node:path'
import { type ImageSet, parseConfiguration } from '../../../lib/config/index.ts'
import { catalogName } from '../../../lib/content/operator/index.ts'
import {
  type CatalogTemplate,
  parseCatalogSourceTemplate,
  type ResourceOptions,
} from '../../../lib/resources/index.ts'
import { type SampleResourceArguments, sampleResources } from '../content/read-samples.ts'
import { readText } from '../read-text.ts'
import { chooseTarget, type TargetArguments, type TargetChoice } from '../target/choose-target.ts'
import { loadImageSets } from '../wanted-images.ts'

export interface ResourceArguments extends SampleResourceArguments {
  readonly icsp: boolean
}

export type ResourceChoice = Pick<TargetChoice, 'statePath' | 'imageSets' | 'maxNestedPaths'>

/** @throws UsageError, ConfigError */
export async function chooseResources(args: TargetArguments): Promise<ResourceChoice> {
  const { state, config, to, target, maxNestedPaths = 0 } = args
  const isAlone = state !== undefined && to === undefined && target === undefined
  if (!isAlone || (await isMirrorFile(config))) return chooseTarget(args)
  return { statePath: state, imageSets: config ?? [], maxNestedPaths }
}

/** @throws UsageError, ConfigError, ResourceError for a template that is no CatalogSource */
export async function resourceOptions(
  { imageSets, maxNestedPaths }: Pick<ResourceChoice, 'imageSets' | 'maxNestedPaths'>,
  args: ResourceArguments,
): Promise<ResourceOptions> {
  const sets = imageSets.length === 0 ? [] : (await loadImageSets(imageSets)).imageSets
  return {
    maxNestedPaths,
    icsp: args.icsp,
    templates: (await Promise.all(sets.map(templatesOf))).flat(),
    ...(await sampleResources(args)),
  }
}

/** `enc1.state.json` -> `enc1-resources`, beside it. */
export function defaultResourceFolder(statePath: string): string {
  const name = basename(statePath).replace(/(?:\.state)?\.json$/, '')
  return join(dirname(statePath), `${name}-resources`)
}

/** Paths of templates count from the folder of their image set. */
async function templatesOf({ path, operators = [] }: ImageSet): Promise<readonly CatalogTemplate[]> {
  const templates: CatalogTemplate[] = []
  for (const section of operators) {
    const { targetCatalogSourceTemplate: file, targetCatalog, targetTag } = section
    if (file === undefined) continue
    const place = isAbsolute(file) ? file : join(dirname(path), file)
    templates.push({
      catalog: catalogName(section),
      ...(targetCatalog !== undefined && { targetCatalog }),
      ...(targetTag !== undefined && { targetTag }),
      object: parseCatalogSourceTemplate(place, await readText(place, 'template')),
    })
  }
  return templates
}

async function isMirrorFile(config: readonly string[] | undefined): Promise<boolean> {
  const [path, ...others] = config ?? []
  if (path === undefined || others.length > 0) return false
  return parseConfiguration({ path, text: await readText(path, 'configuration') }).kind === 'Mirror'
}
