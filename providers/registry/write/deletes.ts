/**
 * Deletes a tag or a manifest (OCI distribution-spec 1.1, "Content Management").
 *
 * Registries disagree on what right a delete needs: distribution wants `delete`, some want `*`, and Quay refuses a scope
 * that names `delete` at all. They are asked in that order, and the answer is remembered for the host.
 */
import type { Digest } from '../../../lib/oci/digest.ts'
import type { Tag } from '../../../lib/oci/reference.ts'
import type { Scopes } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import type { Answer } from '../http/wire.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { writing } from './target-place.ts'

const DELETE_ACTIONS = ['delete,pull,push', '*', 'pull,push'] as const
const DELETES_ARE_OFF =
  'the registry has deletes turned off: for distribution set storage.delete.enabled: true (REGISTRY_STORAGE_DELETE_ENABLED=true) and restart it'

/** Resolves also when the tag is not there. @throws RegistryError */
export async function deleteTag(at: RepositoryAt, tag: Tag, signal: AbortSignal): Promise<void> {
  const operation = { action: 'delete the tag', subject: nameOf(at, tag) }
  const hints = new Map([
    [400, 'this registry cannot delete a tag alone, only a manifest with all of its tags'],
    [405, DELETES_ARE_OFF],
  ])
  await deleteReference(at, tag, operation, hints, signal)
}

/** Resolves also when the manifest is not there. @throws RegistryError */
export async function deleteManifest(at: RepositoryAt, digest: Digest, signal: AbortSignal): Promise<void> {
  const operation = { action: 'delete the manifest', subject: nameOf(at, digest) }
  await deleteReference(at, digest, operation, new Map([[405, DELETES_ARE_OFF]]), signal)
}

async function deleteReference(
  at: RepositoryAt,
  reference: string,
  operation: Operation,
  hints: ReadonlyMap<number | undefined, string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await sendDelete(at, reference, operation, isDone, signal, discard)
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    if (hints.has(error.status)) forgetThatItDeletes(at)
    throw error.with({ hint: hints.get(error.status) ?? error.hint })
  }
}

function forgetThatItDeletes({ session }: RepositoryAt): void {
  session.facts.abilities.deleteTag = undefined
  session.facts.abilities.deleteManifest = undefined
}

function isDone(status: number): boolean {
  return status === 202 || status === 200 || status === 204 || status === 404
}

/** @throws RegistryError once every way to ask for the right is refused */
export async function sendDelete<T>(
  at: RepositoryAt,
  reference: string,
  operation: Operation,
  wanted: (status: number) => boolean,
  signal: AbortSignal,
  receive: (answer: Answer) => Promise<T>,
): Promise<T> {
  const { facts } = at.session
  for (let rung = facts.deleteScopesRefused; ; rung++) {
    const actions = DELETE_ACTIONS[rung] ?? 'pull,push'
    const scopes: Scopes = [{ repository: at.path, actions }]
    try {
      const received = await at.session.request(
        {
          operation,
          method: 'DELETE',
          path: `/v2/${at.path}/manifests/${reference}`,
          intent: writing(at),
          scopes,
          wanted,
        },
        signal,
        receive,
      )
      facts.deleteScopesRefused = rung
      return received
    } catch (error) {
      const isLast = rung >= DELETE_ACTIONS.length - 1 || !at.session.usesTokens
      if (isLast || !(error instanceof RegistryError) || !isRefusedScope(error)) throw error
    }
  }
}

/** A token endpoint may also answer a scope it does not know with 400. */
function isRefusedScope(error: RegistryError): boolean {
  return (
    error.status === 401 || error.status === 403 || (error.status === 400 && /scope/i.test(error.message))
  )
}
