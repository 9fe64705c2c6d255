/** The two names of an architecture: the update graph's (`amd64`) and that of release tags and messages (`x86_64`). */
import type { ReleaseArchitecture } from '../../config/index.ts'

const MACHINES: Readonly<Record<ReleaseArchitecture, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  multi: 'multi',
}

/** `x86_64` for `amd64` (oc-mirror v2, names of release tags). */
export function machineOf(architecture: ReleaseArchitecture): string {
  return MACHINES[architecture]
}

export function isReleaseArchitecture(text: string): text is ReleaseArchitecture {
  return Object.hasOwn(MACHINES, text)
}
