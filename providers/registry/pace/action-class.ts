/**
 * What kind of work a request is, because registries limit kinds apart: ECR allows ten pushes of a manifest a second and
 * five hundred parts of a layer, Docker Hub counts reads of manifests and no others.
 */
import type { Intent, Method } from '../http/guard.ts'

export type ActionClass = 'read manifest' | 'read blob' | 'write blob' | 'write manifest'

/** @param path of the request, `/v2/acme/app/manifests/v1`; tags and referrers count as manifests */
export function actionClassOf(method: Method, path: string, intent: Intent | undefined): ActionClass {
  if (method === 'GET' || method === 'HEAD') return path.includes('/blobs/') ? 'read blob' : 'read manifest'
  return intent?.kind === 'upload' || path.includes('/blobs/') ? 'write blob' : 'write manifest'
}
