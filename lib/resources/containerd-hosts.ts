/**
 * Placed hosts -> the tree that containerd's `config_path` names: `certs.d/<source>/hosts.toml`, each with the mirror in
 * front of the source (containerd, "Registry Configuration").
 */
import type { PlacedHost, PlacedPrefix } from './placed-hosts.ts'
import { tomlText } from './toml-text.ts'

export interface HostsFile {
  /** `registry.redhat.io/hosts.toml`, below `certs.d`. */
  readonly path: string
  readonly text: string
}

/** Where Docker Hub's API is; its images are named otherwise. */
const DOCKER_HUB_API = 'registry-1.docker.io'

export function containerdHosts(hosts: readonly PlacedHost[]): readonly HostsFile[] {
  return hosts.map(({ host, places }) => ({
    path: `${host}/hosts.toml`,
    text: [
      `server = ${tomlText(`https://${host === 'docker.io' ? DOCKER_HUB_API : host}`)}`,
      ...places.flatMap(place => ['', ...hostTable(place)]),
      '',
    ].join('\n'),
  }))
}

/** `resolve` is what looks up tags; a digest is only pulled. The API's `v2` stands before the prefix. */
function hostTable({ registry, prefix, ways }: PlacedPrefix): readonly string[] {
  const able = ways.has('tag') ? ['pull', 'resolve'] : ['pull']
  const at = prefix === '' ? `https://${registry}` : `https://${registry}/v2/${prefix}`
  return [
    `[host.${tomlText(at)}]`,
    `capabilities = [${able.map(tomlText).join(', ')}]`,
    ...(prefix === '' ? [] : ['override_path = true']),
  ]
}
