/** What the command line says of mapping files. */
import { UsageError } from '../../../lib/errors.ts'

export interface MappingArguments {
  readonly mapping?: readonly string[] | undefined
  readonly filterByOs?: string | undefined
  readonly keepManifestList?: boolean | undefined
  readonly skipMissing?: boolean | undefined
  readonly fromDir?: string | undefined
}

/** Stdin cannot hold the mappings and the answer to a question. @throws UsageError */
export function refuseAsking({ mapping, yes }: MappingArguments & { readonly yes: boolean }): void {
  if (yes || mapping?.includes('-') !== true) return
  throw new UsageError('stdin is the mapping, so nobody can be asked whether to apply', {
    hint: 'add --yes, or write the lines into a file',
  })
}

/** What is said of mappings where there are none would be passed over in silence. */
export function refuseWithoutMapping(args: MappingArguments): void {
  const said = [
    ['--filter-by-os', args.filterByOs],
    ['--keep-manifest-list', args.keepManifestList],
    ['--skip-missing', args.skipMissing],
    ['--from-dir', args.fromDir],
  ].find(([, value]) => value !== undefined)
  if (said === undefined) return
  throw new UsageError(`${said[0]} is about mapping files, and none is given`, {
    hint: 'name one with --mapping FILE; images of image sets have `platforms`',
  })
}
