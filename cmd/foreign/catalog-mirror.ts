/**
 * `adm catalog mirror`: what `oc adm catalog mirror` does, as a plan that is applied: the whole catalog, under oc's names,
 * and the folder of manifests that clusters and `oc image mirror` are given.
 */
import { join } from 'node:path'
import { countOf } from '../../lib/report/index.ts'
import { catalogManifests, type MirroredImage } from '../../lib/resources/catalog-manifests.ts'
import { formatTarget } from '../../lib/target.ts'
import type { Command, Invocation } from '../invocation.ts'
import {
  type CatalogMirrorRequest,
  type CollectedCatalogMirror,
  catalogMirrorInput,
  catalogOnDisk,
  collectCatalogMirror,
} from '../wiring/content/collect-catalog-mirror.ts'
import { openDisk } from '../wiring/places/disk-images.ts'
import { CATALOG_MIRROR_FLAGS, type CatalogMirrorArguments } from './catalog-mirror-flags.ts'
import { type CatalogMirrorWish, catalogMirrorWish } from './catalog-mirror-wish.ts'
import { shellLine, tellEquivalent } from './equivalent.ts'
import { mirrorWanted, readingOnly } from './mirror-wanted.ts'
import { checkFlags, ownCommand, placeArguments, placeWords, readingWords } from './oc-flags.ts'
import { checkFolder, writeFiles } from './write-files.ts'

const MILLISECONDS = 1000

export const run: Command<CatalogMirrorArguments> = async (args, invocation) => {
  const { output } = invocation
  checkFlags(CATALOG_MIRROR_FLAGS, args, output)
  const wish = catalogMirrorWish(args)
  const folder = args.toManifests ?? `manifests-${wish.name}-${Math.floor(Date.now() / MILLISECONDS)}`
  await checkFolder(folder, '--to-manifests')
  const request = await requestOf(wish)
  if (args.manifestsOnly) {
    const catalog = await readOnly(request, args, invocation)
    tellFindings(catalog, invocation)
    const files = await writeManifests(catalog, wish, folder, invocation)
    await output.document({ format: 'mirrorform-catalog-manifests', version: 1, folder, files })
    return 0
  }
  tellMapping(wish, folder, args, invocation)
  let found: CollectedCatalogMirror | undefined
  const input = catalogMirrorInput(request, placeArguments(args), catalog => {
    found = catalog
  })
  const code = await mirrorWanted(input, wish.target, args, invocation)
  if (found === undefined) return code
  await writeManifests(found, wish, folder, invocation)
  if (wish.target.kind !== 'registry') output.print(uploadText(found, args))
  return code
}

async function requestOf(wish: CatalogMirrorWish): Promise<CatalogMirrorRequest> {
  const { from, fromText, filter, mountPoint, maxComponents, target } = wish
  return {
    from: from.kind === 'disk' ? { ...from, disk: await openDisk(from.folder) } : from,
    name: fromText,
    filter,
    mountPoint,
    maxComponents,
    isBelowIndex: target.kind !== 'registry',
  }
}

function readOnly(
  request: CatalogMirrorRequest,
  args: CatalogMirrorArguments,
  invocation: Invocation,
): Promise<CollectedCatalogMirror> {
  const place = placeArguments(args)
  const { from } = request
  return readingOnly(
    place,
    named => (from.kind === 'disk' ? catalogOnDisk(from, named) : named),
    invocation,
    places => collectCatalogMirror(request, place, places, invocation),
  )
}

/** What a plan would show of the catalog. */
function tellFindings({ incomplete, notes }: CollectedCatalogMirror, { output }: Invocation): void {
  for (const { bundle, missing } of incomplete)
    for (const { message } of missing) output.warn(`${bundle} is incomplete: ${message}`)
  for (const note of notes) output.note(note)
}

/** @returns names of the files in the folder */
async function writeManifests(
  catalog: CollectedCatalogMirror,
  wish: CatalogMirrorWish,
  folder: string,
  { output }: Invocation,
): Promise<readonly string[]> {
  const { target, name, scopes, sizes, from, fromText } = wish
  const images: readonly MirroredImage[] = [
    {
      source: from.kind === 'disk' ? { file: fromText } : from.reference,
      destination: catalog.index,
    },
    ...catalog.named.map(({ source, repository, tag }) => ({ source, destination: { repository, tag } })),
  ]
  const files = catalogManifests({
    name,
    host: target.kind === 'registry' ? target.host : undefined,
    index: catalog.index,
    images,
    scopes,
    sizes,
  })
  await writeFiles(folder, files, '--to-manifests', output.note)
  const byTag = catalog.named.filter(({ source }) => source.digest === undefined).length
  if (byTag > 0 && target.kind === 'registry')
    output.note(
      `${countOf(byTag, 'image is', 'images are')} named by tag in the catalog: policies for digests do not lead clusters from there to the mirror`,
    )
  output.print(`wrote mirroring manifests to ${folder}`)
  return files.map(file => file.name)
}

/** Which image is copied where is a mapping, which any other command can carry out. */
function tellMapping(
  { target, from, fromText, destinationText }: CatalogMirrorWish,
  folder: string,
  args: CatalogMirrorArguments,
  { output }: Invocation,
): void {
  if (target.kind !== 'registry' || from.kind === 'disk') return
  const command = args.dryRun ? 'plan' : 'apply'
  const mapping = ['--mapping', join(folder, 'mapping.txt'), '--to', formatTarget(target)]
  const names = ['mirrorform', 'adm', 'catalog', 'mirror', fromText, destinationText]
  const only = ['--manifests-only', `--to-manifests=${folder}`]
  tellEquivalent(output, [
    [...names, ...choosingWords(args), ...only, ...readingWords(args)],
    [
      ...ownCommand(command, args),
      ...mapping,
      ...['--skip-missing', '--skip-deletes'],
      ...(args.dryRun ? [] : ['--yes']),
      ...placeWords(args, command),
    ],
  ])
}

/** What manifests depend on, as far as it was said. */
function choosingWords(args: CatalogMirrorArguments): readonly string[] {
  return Object.entries({
    'index-filter-by-os': args.indexFilterByOs ?? args.filterByOs,
    'max-components': args.maxComponents,
    'icsp-scope': args.icspScope,
    'idms-scope': args.idmsScope,
    'max-icsp-size': args.maxIcspSize,
    'max-idms-size': args.maxIdmsSize,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
}

/** What is typed on the other side. */
function uploadText({ index }: CollectedCatalogMirror, { dir }: CatalogMirrorArguments): string {
  const words = ['mirrorform', 'adm', 'catalog', 'mirror', `file://${index.repository}:${index.tag}`]
  const carried = dir === undefined ? words : [...words, `--from-dir=${dir}`]
  return `\nTo upload local images to a registry, run:\n\n\t${shellLine(carried)} REGISTRY/REPOSITORY\n`
}
