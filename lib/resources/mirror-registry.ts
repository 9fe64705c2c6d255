/**
 * The registry that resources point at. A mirror in a folder has no name that a cluster could pull from, and the
 * OpenShift APIs know hosts by name or IPv4 address only: both are refused here, before anything is made.
 */
import { ResourceError } from '../errors.ts'
import { formatTarget, type TargetAddress } from '../target.ts'

/** A mirror in `imageDigestMirrors`, by the pattern of config.openshift.io/v1: no brackets of IPv6. */
const MIRROR_HOST =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]+)?$/

/** Whether the APIs have words for a registry. */
export function isNameable(host: string): boolean {
  return MIRROR_HOST.test(host)
}

/** @throws ResourceError */
export function registryOf(target: TargetAddress): Extract<TargetAddress, { kind: 'registry' }> {
  if (target.kind !== 'registry')
    throw new ResourceError(`${formatTarget(target)} is a folder: no cluster can pull from it`, {
      hint: 'resources are made from the state of a registry (docker://HOST[/PREFIX]); name another with --state or --to',
    })
  if (isNameable(target.host)) return target
  throw new ResourceError(`no mirror set can name the registry ${target.host}`, {
    hint: 'config.openshift.io/v1 takes a host name or an IPv4 address, with a port if need be; give the registry a name in DNS',
  })
}
