/**
 * `--to file://FOLDER`: for whom the archive is. `--for` says it, as an address or as the name of a target in a kind: Mirror
 * file; without it the receipt does that the plan is made against.
 */
import { existsSync } from 'node:fs'
import { UsageError } from '../../../lib/errors.ts'
import { decodeReceipt } from '../../../lib/files/receipt-file.ts'
import { formatTarget } from '../../../lib/target.ts'
import { readText } from '../read-text.ts'
import { MIRROR_FILE, type TargetArguments } from './target-arguments.ts'

/** The arguments as they would be if the far side could be reached. @throws UsageError, ReceiptError */
export async function chooseFarSide(args: TargetArguments): Promise<TargetArguments> {
  const { for: given, against, target, config } = args
  if (given !== undefined && target !== undefined)
    throw new UsageError('--for and --target exclude each other', { hint: 'both name the far side' })
  const name = given ?? target
  if (name === undefined && against === undefined)
    throw new UsageError(`the archive ${args.to} has no far side`, {
      hint: 'say for whom it is: --for docker://HOST[/PREFIX], or --for NAME of a kind: Mirror file',
    })
  if (name === undefined && against !== undefined) {
    const { state } = decodeReceipt(await readText(against, 'receipt'), against)
    return { ...args, to: formatTarget(state.target), for: undefined }
  }
  if (name === undefined || name.includes('://'))
    return { ...args, to: name, for: undefined, target: undefined }
  const mirrorFile = await findMirrorFile(config ?? [])
  if (mirrorFile === undefined)
    throw new UsageError(`--for ${name} is neither an address nor a target of a ${MIRROR_FILE} here`, {
      hint: 'write --for docker://HOST[/PREFIX]',
    })
  return { ...args, to: undefined, for: undefined, target: name, mirrorFile }
}

/** The first file of `-c` that is of that kind, else the one in this folder. */
async function findMirrorFile(config: readonly string[]): Promise<string | undefined> {
  for (const path of config)
    if (/^\s*["']?kind["']?\s*:\s*["']?Mirror\b/m.test(await readText(path, 'configuration'))) return path
  return existsSync(MIRROR_FILE) ? MIRROR_FILE : undefined
}
