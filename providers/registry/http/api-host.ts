/** Where a registry's API is served: at its own name, except for Docker Hub. */
import { DOCKER_HUB } from '../../../lib/oci/reference.ts'

const DOCKER_HUB_API = 'registry-1.docker.io'

/** `docker.io` → `registry-1.docker.io`; any other host is its own. */
export function apiHost(host: string): string {
  return host === DOCKER_HUB ? DOCKER_HUB_API : host
}
