/**
 * `--write-pinned FILE`: the image set of a plan with its catalogs named by the digests they had. The file is a new one, one
 * that was written like this before, or the image set itself; nothing else is ever overwritten.
 */
import { dirname, isAbsolute, resolve } from 'node:path'
import { pinCatalogs } from '../../../lib/config/index.ts'
import { UsageError } from '../../../lib/errors.ts'
import { checkFilePath, startOfFile, writeDocument } from '../../terminal/index.ts'
import { readText } from '../read-text.ts'
import type { Pin } from './collect-operators.ts'

const OPTION = '--write-pinned'
const MARK = '# Written by mirrorform --write-pinned'

/** Asked before long work. @param imageSets paths of the plan. @throws UsageError, MirrorformError */
export async function checkPinnedPath(file: string, imageSets: readonly string[]): Promise<void> {
  await checkFilePath(file, OPTION)
  if (imageSets.some(path => isSame(path, file))) return
  const before = await startOfFile(file)
  if (before !== undefined && !before.startsWith(MARK))
    throw new UsageError(`${file} is there already, and ${OPTION} did not write it`, {
      hint: 'name a new file, or the image set itself to have its catalogs pinned in place',
    })
}

/** @returns what was done, for the user. @throws UsageError when there is nothing to pin, or more than one image set has catalogs */
export async function writePinned(file: string, pins: readonly Pin[]): Promise<string> {
  const paths = [...new Set(pins.map(({ imageSet }) => imageSet.path))]
  const [path, ...others] = paths
  if (path === undefined)
    throw new UsageError(`${OPTION}: the image set has no catalogs to pin`, {
      hint: 'only catalogs of mirror.operators are pinned',
    })
  if (others.length > 0)
    throw new UsageError(`${OPTION} writes one image set, and ${paths.join(' and ')} have catalogs`, {
      hint: 'pin them one after the other, each with -c and a file of its own',
    })
  refuseElsewhere(file, path, pins)
  const text = await readText(path, 'image set')
  const pinned = pinCatalogs(
    { path, text },
    pins.map(({ digest }) => digest),
  )
  const head = isSame(path, file) || pinned.startsWith(MARK) ? '' : `${MARK} from ${path}\n`
  await writeDocument(file, head + pinned, OPTION)
  return `${pins.length === 1 ? 'the catalog is' : `${pins.length} catalogs are`} pinned by digest in ${file}`
}

/** Files that an image set names are looked for from its folder. */
function refuseElsewhere(file: string, path: string, pins: readonly Pin[]): void {
  const templates = pins.flatMap(({ section }) => section.targetCatalogSourceTemplate ?? [])
  const relative = templates.find(template => !isAbsolute(template))
  if (relative === undefined || isSame(dirname(file), dirname(path))) return
  throw new UsageError(`${file} is in another folder than ${path}, which names the file ${relative}`, {
    hint: `write it to ${dirname(path)}, so that it finds the same file`,
  })
}

function isSame(a: string, b: string): boolean {
  return resolve(a) === resolve(b)
}
