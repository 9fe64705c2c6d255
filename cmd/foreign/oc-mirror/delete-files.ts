/**
 * Where `delete --generate` writes, in the workspace as oc-mirror v2 does: the list, a copy of what it was made from, and the
 * plan that deletes what is listed.
 */
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'

export interface DeleteFiles {
  /** Of them all. */
  readonly folder: string
  readonly list: string
  readonly plan: string
  readonly deleteSet: string
}

/** @param workspace with `working-dir`. @throws UsageError for an id that cannot be part of a name */
export function deleteFiles(workspace: string, id: string | undefined): DeleteFiles {
  if (id !== undefined && !/^[\w.-]+$/.test(id))
    throw new UsageError(`--delete-id ${id} cannot be part of a file name`, {
      hint: 'write letters, digits, ".", "_" and "-"',
    })
  const folder = join(workspace, 'delete')
  const end = id === undefined ? '' : `-${id}`
  return {
    folder,
    list: join(folder, `delete-images${end}.yaml`),
    plan: join(folder, `delete-images${end}.plan.json`),
    deleteSet: join(folder, `delete-imageset-config${end}.yaml`),
  }
}

/** Of a list that was written by `delete --generate`. */
export function planBeside(list: string): string {
  return join(dirname(list), `${basename(list).replace(/\.ya?ml$/, '')}.plan.json`)
}
