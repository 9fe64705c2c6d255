/**
 * `--from` something of another tool, as input of a plan: without an image set everything that is there, where that tool would
 * have put it; with one what the image set asks for, found by the names of that tool.
 */
import { repositoryOfFolder } from '../../../lib/config/index.ts'
import type { KeptDocument } from '../../../lib/content/documents.ts'
import type { WantedImage } from '../../../lib/content/wanted.ts'
import { placeImages } from '../../../lib/graph/naming.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { parseRepositoryPath, parseTag, type RepositoryPath, type Tag } from '../../../lib/oci/reference.ts'
import type { ImageSource } from '../../../lib/provider.ts'
import { destinationKey } from '../../../lib/target.ts'
import {
  aliasKey,
  type NamedImage,
  nameStored,
  placeOnDisk,
  type StoredName,
  storedAt,
  workspaceIn,
} from '../../../providers/oc-mirror/index.ts'
import { releaseSignatures } from '../content/release-signatures.ts'
import type { LoadedImageSets } from '../wanted-images.ts'
import { NOTHING_WANTED, type WantedInput } from '../wanted-inputs.ts'
import type { Stored } from './open-stored.ts'
import { workspaceDocuments } from './workspace-documents.ts'

export interface StoredInput {
  readonly stored: Stored
  /** What is wanted besides the image sets. */
  readonly input: WantedInput
  /** As they can be collected from there. */
  readonly imageSets: LoadedImageSets | undefined
  /** Update graphs and signatures that travelled along. */
  readonly documents: readonly KeptDocument[]
}

const GRAPH_IMAGE = parseRepositoryPath('openshift/graph-image')
const LATEST: Tag = parseTag('latest')

/** @throws UsageError, PlaceError */
export async function storedInput(
  stored: Stored,
  imageSets: LoadedImageSets | undefined,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<StoredInput> {
  const problems: string[] = []
  const documents = await documentsIn(stored, problems, env, signal)
  if (imageSets === undefined) {
    const { images, aliases, problems: found } = await nameStored(stored.all, signal)
    return {
      stored: { ...stored, aliases },
      input: everything(images, found, documents),
      imageSets,
      documents,
    }
  }
  const asksForGraph = imageSets.imageSets.some(({ platform }) => platform?.graph)
  return {
    stored: { ...stored, aliases: await aliasesOf(imageSets, stored) },
    input: asksForGraph ? graphImage(stored, problems) : notesOnly(problems),
    imageSets: { ...imageSets, imageSets: imageSets.imageSets.map(withoutGraphImage) },
    documents,
  }
}

async function documentsIn(
  { all }: Stored,
  problems: string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly KeptDocument[]> {
  const documents: KeptDocument[] = []
  for (const each of all) {
    problems.push(...each.problems.map(problem => `${each.name}: ${problem}`))
    const workspace = await workspaceIn(each, problems, signal)
    if (workspace !== undefined) documents.push(...(await workspaceDocuments(each, workspace, env)))
  }
  const newest = new Map([...documents].reverse().map(document => [document.url, document]))
  return [...newest.values()]
}

/** Nothing is deleted: what such a tool writes never says what is wanted no longer. */
function everything(
  named: readonly NamedImage[],
  problems: readonly string[],
  documents: readonly KeptDocument[],
): WantedInput {
  return {
    inputs: [],
    async collect(choice, { state, invocation }) {
      const signal = invocation.interrupts.soft.signal
      const signed = await releaseSignatures(named, documents, invocation.env, signal)
      const wanted = named.map((image): WantedImage => {
        const { repository, tag, digest, source, origins, platforms } = image
        const signatures = signed.signatures.get(digest)
        return {
          source,
          repository,
          tag,
          platforms,
          origins,
          ...(signatures !== undefined && { releaseSignatures: signatures }),
        }
      })
      const images = placeImages(choice.address, wanted, choice.maxNestedPaths)
      const meant = new Set(images.map(({ destination }) => destinationKey(destination)))
      const held = state?.images.map(({ destination }) => destination) ?? []
      return {
        ...NOTHING_WANTED,
        images,
        stays: held.filter(destination => !meant.has(destinationKey(destination))),
        notes: [...problems, ...signed.notes],
      }
    },
  }
}

function notesOnly(notes: readonly string[]): WantedInput {
  return { inputs: [], collect: async () => ({ ...NOTHING_WANTED, notes }) }
}

/** As it is there: what it was made of did not travel along. */
function graphImage({ all: [newest] }: Stored, notes: readonly string[]): WantedInput {
  return {
    inputs: [],
    async collect(choice) {
      if (newest === undefined) return NOTHING_WANTED
      const wanted: WantedImage = {
        source: placeOnDisk(newest, GRAPH_IMAGE, LATEST),
        repository: GRAPH_IMAGE,
        tag: LATEST,
        platforms: [],
        origins: [{ kind: 'graphData' }],
      }
      const images = placeImages(choice.address, [wanted], choice.maxNestedPaths)
      return { ...NOTHING_WANTED, images, notes }
    },
  }
}

/** It is taken as it is there: what it is made of did not travel. */
export function withoutGraphImage(imageSet: LoadedImageSets['imageSets'][number]) {
  const { platform } = imageSet
  return platform === undefined ? imageSet : { ...imageSet, platform: { ...platform, graph: false } }
}

/** What the image sets give another name was stored under that one (oc-mirror v2, names in the cache). */
async function aliasesOf(
  { imageSets }: LoadedImageSets,
  { all }: Stored,
): Promise<ReadonlyMap<string, StoredName>> {
  const aliases = new Map<string, StoredName>()
  const add = async (source: ImageSource, path: RepositoryPath | undefined, tag: Tag | undefined) => {
    if (path === undefined && tag === undefined) return
    const repository = path ?? pathOf(source)
    const asked = source.kind === 'registry' ? source.reference.tag : (source.tag ?? LATEST)
    if (asked === undefined) return
    const digest = await digestAt(all, repository, tag ?? asked)
    if (digest !== undefined) aliases.set(aliasKey(source, asked), { repository, digest })
  }
  for (const { additionalImages, operators = [] } of imageSets) {
    for (const { source, targetRepo, targetTag } of additionalImages) await add(source, targetRepo, targetTag)
    for (const { source, targetCatalog, targetTag } of operators)
      await add(source, targetCatalog ?? catalogPath(source), targetTag)
  }
  return aliases
}

function pathOf(source: ImageSource): RepositoryPath {
  return source.kind === 'registry' ? storedAt(source.reference.path) : repositoryOfFolder(source.folder)
}

/** A catalog of a folder is stored under the folder's last name. */
function catalogPath(source: ImageSource): RepositoryPath | undefined {
  if (source.kind === 'registry') return undefined
  return parseRepositoryPath(source.folder.slice(source.folder.lastIndexOf('/') + 1))
}

async function digestAt(
  all: Stored['all'],
  repository: RepositoryPath,
  tag: Tag,
): Promise<Digest | undefined> {
  for (const stored of all) {
    const digest = (await stored.tags(repository)).get(tag)
    if (digest !== undefined) return digest
  }
  return undefined
}
