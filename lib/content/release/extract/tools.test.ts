import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReleaseArchitecture } from '../../../config/index.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import { checkCommand, chooseTool } from './tools.ts'

type Row = readonly [command: string, runsOn: string, release: ReleaseArchitecture, place: string]

const ROWS: readonly Row[] = [
  ['oc', 'linux/amd64', 'amd64', 'cli:usr/bin/oc'],
  ['oc', 'linux/arm64', 'arm64', 'cli:usr/bin/oc'],
  ['oc', 'linux/arm64', 'multi', 'cli:usr/bin/oc'],
  ['oc', 'linux/amd64', 'arm64', 'cli-artifacts:usr/share/openshift/linux_amd64/oc'],
  ['oc', 'darwin/amd64', 'amd64', 'cli-artifacts:usr/share/openshift/mac/oc'],
  ['oc', 'darwin/arm64', 'amd64', 'cli-artifacts:usr/share/openshift/mac_arm64/oc'],
  ['oc', 'windows/amd64', 's390x', 'cli-artifacts:usr/share/openshift/windows/oc.exe'],
  ['oc.rhel9', 'linux/s390x', 'amd64', 'cli-artifacts:usr/share/openshift/linux_s390x/oc.rhel9'],
  ['openshift-install', 'linux/amd64', 'amd64', 'installer:usr/bin/openshift-install'],
  [
    'openshift-install',
    'linux/amd64',
    'ppc64le',
    'installer-artifacts:usr/share/openshift/linux_amd64/openshift-install',
  ],
  [
    'openshift-install',
    'darwin/arm64',
    'amd64',
    'installer-artifacts:usr/share/openshift/mac_arm64/openshift-install',
  ],
  ['openshift-baremetal-install', 'linux/amd64', 'amd64', 'baremetal-installer:usr/bin/openshift-install'],
  ['openshift-install-fips', 'linux/s390x', 's390x', 'baremetal-installer:usr/bin/openshift-install'],
  ['ccoctl', 'linux/amd64', 'amd64', 'cloud-credential-operator:usr/bin/ccoctl'],
  ['ccoctl.rhel8', 'linux/ppc64le', 'ppc64le', 'cloud-credential-operator:usr/bin/ccoctl.rhel8'],
]

describe('a command of a release', () => {
  for (const [command, runsOn, release, place] of ROWS)
    it(`${command} for ${runsOn} of a release for ${release} is ${place}`, () => {
      const { component, path } = chooseTool(command, parsePlatform(runsOn), release)
      assert.equal(`${component}:${path}`, place)
    })

  it('that no release has is refused with what there is, and what was probably meant', () => {
    assert.throws(() => checkCommand('openshift-instal'), {
      message: 'releases have no command "openshift-instal"',
      hint: /^did you mean "openshift-install"\? There are oc, oc\.rhel8, .*openshift-install-fips, ccoctl/,
    })
  })

  it('that is not made for a system or a machine is refused with those it is made for', () => {
    assert.throws(() => chooseTool('ccoctl', parsePlatform('darwin/arm64'), 'amd64'), {
      message: 'the command "ccoctl" is not made for darwin',
      hint: /^it is made for linux:/,
    })
    assert.throws(() => chooseTool('openshift-install', parsePlatform('linux/s390x'), 'amd64'), {
      message: /not made for linux\/s390x in a release for amd64/,
      hint: /linux\/amd64, darwin\/amd64, darwin\/arm64, linux\/arm64/,
    })
  })
})
