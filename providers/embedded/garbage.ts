/** Garbage collection of a folder that the embedded registry serves, where manifests without a tag are kept too. */
import { type CollectedGarbage, collectGarbage } from '../layout/index.ts'
import { RegistryStore } from './store.ts'

/**
 * Removes the blobs that no manifest of any repository reaches. The registry must not be running.
 *
 * @throws what `collectGarbage` of the layout throws
 */
export async function collectRegistryGarbage(
  folder: string,
  signal?: AbortSignal,
): Promise<CollectedGarbage> {
  const { ledger } = await RegistryStore.open(folder)
  return collectGarbage(folder, ledger.manifests(), signal)
}
