/**
 * What is given to installers and to nodes outside of OpenShift, in folders of their own: the same mirror, in the words of
 * each. What one of them has no words for is told in a note.
 */
import type { TargetAddress } from '../target.ts'
import { containerdHosts } from './containerd-hosts.ts'
import { type InstallConfigKey, installConfigSnippet } from './install-config.ts'
import { listedNames } from './listed-names.ts'
import { madeBy } from './marker.ts'
import type { MirrorRule } from './mirror-rules.ts'
import type { MirroredRepository } from './mirrored-repositories.ts'
import { placedHosts } from './placed-hosts.ts'
import { rancherRegistries } from './rancher-registries.ts'
import { registriesConf } from './registries-conf.ts'
import type { ResourceFile, Resources } from './resource.ts'

/** @param icsp the installer is as old as the cluster */
export function nodeFiles(
  target: TargetAddress,
  rules: readonly MirrorRule[],
  repositories: readonly MirroredRepository[],
  icsp: boolean,
): Resources {
  const key: InstallConfigKey = icsp ? 'imageContentSources' : 'imageDigestSources'
  // Releases run on nodes with CRI-O only.
  const elsewhereRun = repositories.filter(({ category }) => category !== 'release')
  const { hosts, elsewhere } = placedHosts(elsewhereRun)
  const rancher = rancherRegistries(elsewhereRun)
  const texts: readonly (readonly [path: string, text: string | undefined])[] = [
    [`install-config/${key}.yaml`, installConfigSnippet(rules, key)],
    ['nodes/registries.conf.d/mirrorform.conf', registriesConf(rules)],
    ['nodes/rancher/registries.yaml', rancher.text],
    ...containerdHosts(hosts).map(({ path, text }) => [`nodes/containerd/certs.d/${path}`, text] as const),
  ]
  return {
    files: texts.flatMap(([path, text]) => (text === undefined ? [] : [fileOf(path, madeBy(target) + text)])),
    notes: [
      ...(elsewhere.length === 0
        ? []
        : [
            `containerd cannot be told where ${listedNames(elsewhere)} is: the mirror has another path for it. CRI-O, podman, RKE2 and k3s can.`,
          ]),
      ...(rancher.ambiguous.length === 0
        ? []
        : [`RKE2 and k3s are told one place only of ${listedNames(rancher.ambiguous)}.`]),
    ],
  }
}

function fileOf(path: string, text: string): ResourceFile {
  return { path, text, objects: [] }
}
