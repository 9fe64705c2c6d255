/**
 * A command and the machine that is to run it → the component of a payload that carries it, and where in its image it lies
 * (`oc adm release extract`, its table of commands).
 */

import type { ReleaseArchitecture } from '../../../config/index.ts'
import { suggestKey } from '../../../config/key-suggestion.ts'
import { UsageError } from '../../../errors.ts'
import type { Platform } from '../../../oci/platform.ts'

export interface Tool {
  readonly command: string
  readonly os: 'linux' | 'darwin' | 'windows'
  /** `release`: the machine the release is for, whichever that is. */
  readonly architecture: string
  /** Component of the payload. */
  readonly component: string
  /** In the image, without a leading slash. */
  readonly path: string
}

const ARTIFACTS = 'usr/share/openshift'
const MACHINES = ['amd64', 'arm64', 'ppc64le', 's390x'] as const

/** Sorted as a reader looks for them; what the release's own machine has comes before what other machines have. */
const TOOLS: readonly Tool[] = [
  ofRelease('oc', 'cli', 'usr/bin/oc'),
  artifact('oc', 'cli-artifacts', 'darwin', 'amd64', 'mac/oc'),
  artifact('oc', 'cli-artifacts', 'darwin', 'arm64', 'mac_arm64/oc'),
  artifact('oc', 'cli-artifacts', 'windows', 'amd64', 'windows/oc.exe'),
  ...['amd64', 'arm64', 'ppc64le'].map(machine =>
    artifact('oc', 'cli-artifacts', 'linux', machine, `linux_${machine}/oc`),
  ),
  ...['oc.rhel8', 'oc.rhel9'].flatMap(command =>
    MACHINES.map(machine =>
      artifact(command, 'cli-artifacts', 'linux', machine, `linux_${machine}/${command}`),
    ),
  ),
  ofRelease('openshift-install', 'installer', 'usr/bin/openshift-install'),
  artifact('openshift-install', 'installer-artifacts', 'darwin', 'amd64', 'mac/openshift-install'),
  artifact('openshift-install', 'installer-artifacts', 'darwin', 'arm64', 'mac_arm64/openshift-install'),
  ...['amd64', 'arm64'].map(machine =>
    artifact(
      'openshift-install',
      'installer-artifacts',
      'linux',
      machine,
      `linux_${machine}/openshift-install`,
    ),
  ),
  ofRelease('openshift-baremetal-install', 'baremetal-installer', 'usr/bin/openshift-install'),
  ofRelease('openshift-install-fips', 'baremetal-installer', 'usr/bin/openshift-install'),
  ...['ccoctl', 'ccoctl.rhel8', 'ccoctl.rhel9'].map(command =>
    ofRelease(command, 'cloud-credential-operator', `usr/bin/${command}`),
  ),
]

/** Every command there is, in the order of the table. */
export const COMMANDS: readonly string[] = [...new Set(TOOLS.map(({ command }) => command))]

function ofRelease(command: string, component: string, path: string): Tool {
  return { command, os: 'linux', architecture: 'release', component, path }
}

function artifact(
  command: string,
  component: string,
  os: Tool['os'],
  architecture: string,
  path: string,
): Tool {
  return { command, os, architecture, component, path: `${ARTIFACTS}/${path}` }
}

/** @throws UsageError with the commands there are */
export function checkCommand(command: string): void {
  if (COMMANDS.includes(command)) return
  const near = suggestKey(command, COMMANDS)
  throw new UsageError(`releases have no command "${command}"`, {
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}There are ${COMMANDS.join(', ')}`,
  })
}

/**
 * @param runsOn the machine that is to run the command
 * @param release architecture of the payload; `multi` has every machine's own image
 * @throws UsageError when there is no such command, or none for that machine
 */
export function chooseTool(command: string, runsOn: Platform, release: ReleaseArchitecture): Tool {
  checkCommand(command)
  const all = TOOLS.filter(tool => tool.command === command)
  const ofSystem = all.filter(({ os }) => os === runsOn.os)
  if (ofSystem.length === 0)
    throw new UsageError(`the command "${command}" is not made for ${runsOn.os}`, {
      hint: `it is made for ${[...new Set(all.map(({ os }) => os))].join(', ')}: choose with --command-os OS/ARCH`,
    })
  const machineOfRelease = release === 'multi' ? runsOn.architecture : release
  const machineOf = ({ architecture }: Tool) => (architecture === 'release' ? machineOfRelease : architecture)
  const tool = ofSystem.find(each => machineOf(each) === runsOn.architecture)
  if (tool !== undefined) return tool
  const others = [...new Set(all.map(each => `${each.os}/${machineOf(each)}`))]
  throw new UsageError(
    `the command "${command}" is not made for ${runsOn.os}/${runsOn.architecture} in a release for ${release}`,
    { hint: `choose with --command-os: ${others.join(', ')}` },
  )
}
