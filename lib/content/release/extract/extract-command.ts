/**
 * A release payload that can be read → one of its commands as a binary, told which release it belongs to. Everything is
 * read by digest, beginning with the payload's: what comes out is what the release's builders put in.
 */
import { MirrorformError, PlaceError, PlanError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import { canonicalArchitecture, formatPlatform, type Platform } from '../../../oci/platform.ts'
import type { ManifestCache, RepositoryReader } from '../../../provider.ts'
import { imageConfig, platformImage, readImageFiles } from '../../image-files/index.ts'
import type { Payload, PayloadComponent } from '../payload/index.ts'
import { type Told, telling, writeReplacements } from './markers.ts'
import { chooseTool, type Tool } from './tools.ts'

/** An image where it can be read. */
export interface ImagePlace {
  readonly reader: RepositoryReader
  /** There; another than the payload says where a platform choice made a smaller index. */
  readonly digest: Digest
}

/** Where the components of a payload are. @throws PlaceError when one is nowhere */
export type FindComponent = (component: PayloadComponent, signal: AbortSignal) => Promise<ImagePlace>

export interface ExtractRequest {
  readonly command: string
  /** The machine that is to run it. */
  readonly runsOn: Platform
  readonly payload: Payload
  /** The payload's name for clusters, by digest: `reg.lan/ocp/openshift/release-images@sha256:…`. */
  readonly pin: string
  readonly find: FindComponent
  /** Of a multi payload, for commands that every machine's image has: platforms that are there, best first. */
  readonly platforms: readonly Platform[]
}

export interface ExtractedCommand {
  /** As a file is to be called: `openshift-install`, `oc.exe`. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly tool: Tool
  /** What was written into the binary. */
  readonly told: Readonly<Partial<Record<Told, string>>>
  readonly notes: readonly string[]
}

/** The longest known (openshift-install of 4.18) has 0.7 GB. */
const MAX_BINARY_BYTES = 2 * 1024 ** 3 - 1

/**
 * @throws UsageError when the command is not made for that machine; PlanError when the release or its component does not
 *   have it, or it cannot be pinned; PlaceError, DigestMismatchError, ImageFault as reading does
 */
export async function extractCommand(
  request: ExtractRequest,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<ExtractedCommand> {
  const { command, runsOn, payload } = request
  const tool = chooseTool(command, runsOn, payload.architecture)
  const component = payload.components.find(({ name }) => name === tool.component)
  if (component === undefined)
    throw new PlanError(
      `release ${payload.version} has no image "${tool.component}", which carries ${command}`,
      {
        hint: 'choose another command, machine (--command-os) or release',
      },
    )
  const { bytes, machine } = await readBinary(request, tool, component, cache, signal)
  const told = valuesFor(tool, request, machine)
  const missing = writeReplacements(
    bytes,
    Object.entries(told).map(([name, value]) => telling(name as Told, value)),
  )
  if (missing.includes('image'))
    throw new PlanError(`${command} of ${payload.version} has no place for the name of its release`, {
      hint: 'it would install from the public registry and cannot be pinned to the mirror: the image was built without the marker',
    })
  return {
    name: tool.os === 'windows' ? `${command}.exe` : command,
    bytes,
    tool,
    told: Object.fromEntries(Object.entries(told).filter(([name]) => !missing.includes(name))),
    notes: [
      ...(missing.length > 0
        ? [`${command} has no place for ${missing.join(', ')} of its release: they are left out`]
        : []),
      ...(tool.os === 'darwin' && Object.keys(told).length > missing.length
        ? [`on a Mac, sign it before it runs: codesign --force --sign - ${command}`]
        : []),
    ],
  }
}

async function readBinary(
  { command, runsOn, find, payload, platforms }: ExtractRequest,
  tool: Tool,
  component: PayloadComponent,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly machine: string }> {
  const { reader, digest } = await find(component, signal)
  const isOwn = tool.architecture === 'release'
  const choose = isOwn ? [formatPlatform(runsOn)] : [...platforms.map(formatPlatform), 'linux/amd64']
  try {
    const { manifest } = await platformImage(reader, digest, choose, cache, signal)
    const { json } = await imageConfig(reader, manifest, signal)
    const machine = canonicalArchitecture(String(json.architecture))
    if (isOwn && payload.architecture === 'multi' && machine !== runsOn.architecture)
      throw new PlanError(`${reader.name}@${digest} has no image for ${formatPlatform(runsOn)}`, {
        hint: 'choose a machine that the mirror has images for, with --command-os',
      })
    const query = {
      wanted: (path: string) => path === tool.path,
      until: [tool.path],
      maxFileBytes: MAX_BINARY_BYTES,
      maxTotalBytes: MAX_BINARY_BYTES,
    }
    const bytes = (await readImageFiles(reader, manifest, query, signal)).get(tool.path)
    if (bytes !== undefined) return { bytes, machine }
  } catch (cause) {
    if (!(cause instanceof PlaceError) || cause.status !== 404) throw cause
    throw new MirrorformError(
      `${reader.name}@${digest}, which carries ${command}, is not whole: ${cause.message}`,
      {
        hint: 'check the mirror with `mirrorform verify`; a platform choice may have left this machine out',
        cause,
      },
    )
  }
  throw new PlanError(`${reader.name}@${digest} has no file ${tool.path}`, {
    hint: `release ${payload.version} does not have ${command} for ${formatPlatform(runsOn)}: choose another machine with --command-os`,
  })
}

/** `openshift-install` is told everything, `oc` its version, others nothing (`oc adm release extract`). */
function valuesFor(
  { command }: Tool,
  { payload: { version, architecture }, pin }: ExtractRequest,
  machine: string,
): Readonly<Partial<Record<Told, string>>> {
  const platform = `linux/${machine}`
  if (command.startsWith('openshift-'))
    return { image: pin, version, architecture: architecture === 'multi' ? `multi (${platform})` : platform }
  return command === 'oc' || command.startsWith('oc.') ? { version } : {}
}
