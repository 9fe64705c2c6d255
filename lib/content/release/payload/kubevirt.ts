/**
 * The boot images for KubeVirt, which a payload names in a manifest of its installer and not among its components: read
 * from there, and chosen for the machines an image set asks for.
 */
import { PlanError } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'
import { canonicalArchitecture, type Platform } from '../../../oci/platform.ts'
import { pinned } from './image-references.ts'
import type { Payload, PayloadComponent } from './payload.ts'
import { readJson, readYaml } from './payload-text.ts'

/** What the image set asks for: `mirror.platform.platforms` and `architectures`; both may be empty. */
export interface KubevirtRequest {
  readonly platforms: readonly Platform[]
  /** `amd64`, `s390x`, `multi` … */
  readonly architectures: readonly string[]
}

const FILE = '0000_50_installer_coreos-bootimages.yaml'
const COMPONENT = 'kube-virt-container'

/** The machines there are images for, as the file names them (oc-mirror v2). */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ['amd64', 'x86_64'],
  ['s390x', 's390x'],
])
const ALL = [...MACHINES.values()]
const DEFAULT = ['x86_64']

/**
 * Reads ConfigMap → `data.stream` → `architectures.<machine>.images.kubevirt."digest-ref"`.
 *
 * @param name of the payload, for messages
 * @returns references by machine as they are written; empty without the file
 * @throws PlanError when the file is not the YAML and JSON it should be.
 */
export function readBootImages(bytes: Uint8Array | undefined, name: string): ReadonlyMap<string, string> {
  if (bytes === undefined) return new Map()
  const data = readYaml(bytes, `${name}: ${FILE}`).data
  const stream = isRecord(data) ? data.stream : undefined
  if (typeof stream !== 'string') return new Map()
  const { architectures } = readJson(stream, `${name}: data.stream of ${FILE}`)
  const found = isRecord(architectures) ? Object.entries(architectures) : []
  return new Map(
    found.flatMap(([machine, entry]) => {
      const images = isRecord(entry) ? entry.images : undefined
      const kubevirt = isRecord(images) ? images.kubevirt : undefined
      const reference = isRecord(kubevirt) ? kubevirt['digest-ref'] : undefined
      return typeof reference === 'string' ? [[machine, reference] as const] : []
    }),
  )
}

/**
 * The components to carry besides those of the payload. Several machines have a name each, one machine has the bare name
 * (oc-mirror v2), whether or not the payload has an image for all that were asked for.
 *
 * @returns never empty
 * @throws PlanError when the payload has none of them, or one that is not pinned.
 */
export function kubevirtImages(payload: Payload, requested: KubevirtRequest): readonly PayloadComponent[] {
  const machines = machinesFor(requested)
  const images = machines.flatMap(machine => {
    const text = payload.kubevirt.get(machine)
    if (text === undefined) return []
    const image = pinned(
      text,
      (reason, cause) =>
        new PlanError(`${payload.version} (${payload.digest}): the KubeVirt image for ${machine} ${reason}`, {
          cause,
          hint: 'leave kubeVirtContainer out for this release, or choose another one',
        }),
    )
    return [{ name: machines.length > 1 ? `${COMPONENT}-${machine}` : COMPONENT, image }]
  })
  if (images.length > 0) return images
  const others = [...payload.kubevirt.keys()].join(', ')
  throw new PlanError(
    `${payload.version} (${payload.digest}) has no KubeVirt image for ${machines.join(' or ')}`,
    {
      hint: others
        ? `it has some for ${others}: name that architecture, or leave kubeVirtContainer out`
        : 'leave kubeVirtContainer out for this release',
    },
  )
}

/** Platforms go before architectures. None that has images: all for platforms, x86_64 for architectures (oc-mirror v2). */
function machinesFor({ platforms, architectures }: KubevirtRequest): readonly string[] {
  if (platforms.length > 0) {
    const mapped = known(platforms.map(platform => platform.architecture))
    return mapped.length > 0 ? mapped : ALL
  }
  if (architectures.includes('multi')) return ALL
  const mapped = known(architectures)
  return mapped.length > 0 ? mapped : DEFAULT
}

/** In a fixed order, each once. */
function known(architectures: readonly string[]): readonly string[] {
  const asked = new Set(architectures.map(canonicalArchitecture))
  return [...MACHINES].filter(([architecture]) => asked.has(architecture)).map(([, machine]) => machine)
}
