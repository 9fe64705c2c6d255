/** Where mappings may be written: never over a file that is read, and never two into one. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { parseTarget } from '../../../lib/target.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { checkExports, type ExportArguments, exportShown } from './export-mapping.ts'

const MIRROR = parseTarget('docker://m.example')

test('a mapping file that is read is not written over, and two exports do not share a file', async t => {
  const folder = temporaryFolder(t)
  const [path, all, fresh] = [join(folder, 'm.txt'), join(folder, 'all.txt'), join(folder, 'new.txt')]
  await checkExports({ exportMapping: all, exportMissing: fresh }, MIRROR, ['-', path, path])
  const refused = (args: ExportArguments, message: RegExp) =>
    assert.rejects(
      checkExports(args, MIRROR, [path]),
      error => error instanceof UsageError && message.test(error.message),
    )
  await refused({ exportMapping: path }, /m\.txt is the file of the mappings already/)
  await refused({ exportMissing: join(folder, 'x', '..', 'm.txt') }, /m\.txt is the file of the mappings/)
  await refused(
    { exportMapping: all, exportMissing: all },
    /all\.txt is the file of --export-mapping already/,
  )
  const layout = checkExports({ exportMissing: fresh }, parseTarget('oci://folder'), [])
  await assert.rejects(layout, /^UsageError: images in oci:\/\/folder have no names/)
  await refused({ exportMapping: '-' }, /^--export-mapping names no file/)
})

test('what a file cannot tell without its target is refused, and where to write it is said', async () => {
  const shown = (args: ExportArguments, what: object) => exportShown(args, what as never, {} as never)
  await assert.rejects(shown({ exportMapping: 'a' }, { plan: {} }), /^UsageError: a plan does not list/)
  await assert.rejects(shown({ exportMissing: 'a' }, { state: {} }), /^UsageError: a state does not know/)
})
