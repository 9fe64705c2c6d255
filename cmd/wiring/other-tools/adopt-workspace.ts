/**
 * A workspace of oc-mirror v2 -> the images that `import` looks for at the target: all that the workspace says was put there,
 * or what an image set asks for, collected from the target itself. Nothing else is asked, and nothing is copied.
 */
import { GRAPH_BASE_IMAGE } from '../../../lib/content/release/index.ts'
import { SyntaxFault } from '../../../lib/errors.ts'
import { type PlacedImage, placeRepository } from '../../../lib/graph/naming.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { countOf } from '../../../lib/report/index.ts'
import { type Destination, destinationKey, formatTarget, parseDestination } from '../../../lib/target.ts'
import {
  detectSource,
  type NamedImage,
  nameStored,
  openOcMirrorArchive,
  type ProposedImage,
  proposeNames,
  proposePairs,
  publishedSource,
  readWorkspace,
  type Workspace,
  workspaceFiles,
} from '../../../providers/oc-mirror/index.ts'
import type { Invocation } from '../../invocation.ts'
import { releaseSignatures } from '../content/release-signatures.ts'
import type { Places } from '../places/open-places.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import { collectWanted, type LoadedImageSets } from '../wanted-images.ts'
import { folderNamed } from './from-names.ts'
import { type Mirrored, mirroredSources } from './mirrored-sources.ts'
import { withoutGraphImage } from './stored-images.ts'
import { workspaceDocuments } from './workspace-documents.ts'

type CollectArguments = Parameters<typeof collectWanted>[1]

export interface WorkspaceImages {
  readonly images: readonly PlacedImage[]
  /** What the workspace says should be there, by `repository:tag`. */
  readonly expected: ReadonlyMap<string, Digest>
  readonly notes: readonly string[]
}

interface Placed extends Mirrored, Pick<PlacedImage, 'origins'> {
  readonly digest: Digest | undefined
}

/**
 * @param name of the workspace, with or without `file://`
 * @param imageSets undefined takes everything
 * @throws UsageError, PlaceError, PlanError, ConfigError
 */
export async function imagesOfWorkspace(
  name: string,
  imageSets: LoadedImageSets | undefined,
  args: CollectArguments,
  choice: TargetChoice,
  places: Places,
  invocation: Invocation,
): Promise<WorkspaceImages> {
  const signal = invocation.interrupts.soft.signal
  const folder = folderNamed(name) ?? name
  const files = workspaceFiles(folder)
  const workspace = await readWorkspace(files, signal)
  const documents = await workspaceDocuments(files, workspace, invocation.env)
  const { placed, notes } = await placedBy(folder, workspace, choice, signal)
  const expected = new Map(
    placed.flatMap(({ destination, digest }) => (digest ? [[destinationKey(destination), digest]] : [])),
  )
  if (imageSets !== undefined) {
    const sources = mirroredSources(placed, places.target, choice.maxNestedPaths)
    const collecting = { places: { ...places, sources }, invocation, held: [], carried: documents }
    const sets = imageSets.imageSets.map(withoutGraphImage)
    const wanted = await collectWanted({ ...imageSets, imageSets: sets }, args, choice, collecting)
    const asksForGraph = imageSets.imageSets.some(({ platform }) => platform?.graph)
    const graph = asksForGraph ? [graphImage(workspace, choice)] : []
    return { images: [...wanted.images, ...graph], expected, notes: [...workspace.problems, ...wanted.notes] }
  }
  const graph = workspace.graphImage === undefined ? [] : [graphImage(workspace, choice)]
  const payloads = placed.flatMap(each => (each.digest ? [{ ...each, digest: each.digest }] : []))
  const signed = await releaseSignatures(payloads, documents, invocation.env, signal)
  const images = placed.map(({ source, destination, origins, digest }): PlacedImage => {
    const signatures = digest && signed.signatures.get(digest)
    return {
      source,
      destination,
      platforms: [],
      origins,
      ...(signatures !== undefined && { releaseSignatures: signatures }),
    }
  })
  return {
    images: [...images, ...graph],
    expected,
    notes: [...workspace.problems, ...notes, ...signed.notes, ...chartNotes(workspace)],
  }
}

function chartNotes({ configurations }: Workspace): readonly string[] {
  return configurations.at(-1)?.hasCharts === true
    ? ['the workspace does not name the images of its Helm charts: take them over with -c IMAGESET']
    : []
}

/** By the rules for clusters where there are some; else, and for what an archive beside it holds, by name. */
async function placedBy(
  folder: string,
  workspace: Workspace,
  choice: TargetChoice,
  signal: AbortSignal,
): Promise<{ readonly placed: readonly Placed[]; readonly notes: readonly string[] }> {
  const { address } = choice
  const hasRules = workspace.rules.length > 0
  const { images, unplaced } = hasRules ? proposePairs(workspace) : proposeNames(workspace)
  const placed = new Map<string, Placed>()
  const elsewhere: string[] = []
  const add = (destination: Destination | undefined, image: ProposedImage): void => {
    const source = publishedSource(image)
    if (destination === undefined || source === undefined) elsewhere.push(image.destination)
    else {
      const { origins, digest } = image
      placed.set(destinationKey(destination), { source, destination, origins, digest })
    }
  }
  for (const image of images)
    add(
      hasRules
        ? within(choice, image.destination)
        : placeByName(choice, parseDestination(NO_HOST, image.destination)),
      image,
    )
  for (const image of await archivedImages(folder, signal)) {
    const destination = placeByName(choice, image)
    const key = destinationKey(destination)
    if (!placed.has(key)) placed.set(key, { ...image, destination })
  }
  const [first] = elsewhere
  const other = `${countOf(elsewhere.length, 'image')} of the workspace went elsewhere than ${formatTarget(address)}`
  return {
    placed: [...placed.values()],
    notes: [
      ...(first === undefined ? [] : [`${other}: ${first}${elsewhere.length > 1 ? ' …' : ''}`]),
      ...(unplaced.length === 0
        ? []
        : [`nothing in the workspace says where it went: ${unplaced.join(', ')}`]),
    ],
  }
}

const NO_HOST = { kind: 'layout', folder: '' } as const

/** undefined for what lies outside the target. */
function within({ address }: TargetChoice, text: string): Destination | undefined {
  try {
    const destination = parseDestination(address, text)
    const prefix = address.kind === 'registry' ? address.prefix : ''
    return prefix === '' || destination.repository.startsWith(`${prefix}/`) ? destination : undefined
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}

function placeByName(
  { address, maxNestedPaths }: TargetChoice,
  { repository, tag }: Destination,
): Destination {
  return { repository: placeRepository(address, repository, maxNestedPaths), tag }
}

async function archivedImages(folder: string, signal: AbortSignal): Promise<readonly NamedImage[]> {
  const kind = await detectSource(folder).catch(() => undefined)
  if (kind !== 'oc-mirror-v2') return []
  return (await nameStored([await openOcMirrorArchive(folder, signal)], signal)).images
}

function graphImage({ graphImage: text }: Workspace, choice: TargetChoice): PlacedImage {
  const usual = parseDestination(NO_HOST, 'openshift/graph-image:latest')
  const destination = text === undefined ? undefined : within(choice, text)
  return {
    source: { kind: 'registry', reference: GRAPH_BASE_IMAGE },
    destination: destination ?? placeByName(choice, usual),
    platforms: [],
    origins: [{ kind: 'graphData' }],
  }
}
