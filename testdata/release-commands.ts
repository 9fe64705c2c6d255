/**
 * Component images of a release that carry commands: programs that do nothing, with the places in which real ones are told
 * of their release.
 */
import { type Built, buildImage, buildIndex, bytesFromSeed } from './images.ts'
import type { LayerFiles } from './layers.ts'

/** `oc adm release extract`: a name between NULs, and room for the value. */
export const IMAGE_MARKER = `\0_RELEASE_IMAGE_LOCATION_\0${'X'.repeat(300)}\0`
export const VERSION_MARKER = `\0_RELEASE_VERSION_LOCATION_\0${'X'.repeat(64)}\0`
export const ARCHITECTURE_MARKER = `\0_RELEASE_ARCHITECTURE_LOCATION_\0${'X'.repeat(64)}\0`

/** Bytes before, between and after the markers; the same seed gives the same program. */
export function fakeCommand(seed: string, markers: readonly string[]): Buffer {
  const parts = markers.flatMap((marker, at) => [Buffer.from(marker), bytesFromSeed(`${seed} ${at}`, 6000)])
  return Buffer.concat([bytesFromSeed(seed, 5000), ...parts])
}

/** With every place that an installer has. */
export function fakeInstaller(seed = 'installer'): Buffer {
  return fakeCommand(seed, [IMAGE_MARKER, VERSION_MARKER, ARCHITECTURE_MARKER])
}

/** An image whose files are in its lowest layer, below one that has nothing to do with them. */
export function commandImage(files: LayerFiles, architecture = 'amd64'): Built {
  return buildImage({
    layers: [files, { 'etc/upper': `above ${architecture}` }],
    platform: { os: 'linux', architecture },
    mediaTypes: 'docker',
  })
}

/** The same command for two machines, each with its own bytes. */
export function multiCommandImage(path: string, commandFor: (architecture: string) => Buffer): Built {
  const [amd64, arm64] = ['amd64', 'arm64'].map(architecture =>
    commandImage({ [path]: commandFor(architecture) }, architecture),
  ) as [Built, Built]
  return buildIndex([amd64, arm64], { mediaTypes: 'docker' })
}

/** What is written where a marker begins, up to the first NUL; undefined for a value that is nowhere. */
export function toldAt(patched: Uint8Array, original: Buffer, marker: string): string {
  const at = original.indexOf(marker)
  const text = Buffer.from(patched).subarray(at)
  return text.subarray(0, text.indexOf(0)).toString()
}
