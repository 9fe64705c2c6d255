/** `receipt import`: takes what a far side says it holds into the state on this side. */
import { withState } from '../../lib/apply/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { decodeReceipt } from '../../lib/files/receipt-file.ts'
import { receive } from '../../lib/files/receive.ts'
import { countOf, printable, wrap } from '../../lib/report/index.ts'
import { formatDestination, formatTarget } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'
import { checkReceipt } from '../wiring/archives/receipts.ts'
import { readText } from '../wiring/read-text.ts'
import { defaultStatePath } from '../wiring/target/choose-target.ts'
import { tellReplay } from '../wiring/tell.ts'

export interface ReceiptImportArguments {
  readonly file: string
  readonly state?: string | undefined
  readonly verifyKey?: string | undefined
}

export const importReceipt: Command<ReceiptImportArguments> = async (args, { output, width }) => {
  const { file, verifyKey } = args
  const text = await readText(file, 'receipt')
  if (verifyKey !== undefined) await checkReceipt(file, text, verifyKey)
  const receipt = decodeReceipt(text, file)
  const { target } = receipt.state
  const store = openStateFile(args.state ?? defaultStatePath(target))
  const announce = (notes: Parameters<typeof tellReplay>[1]) => tellReplay(output, notes)
  const received = await withState(store, 'receipt import', announce, async loaded => {
    if (loaded === undefined && args.state === undefined)
      throw new UsageError(`there is no state ${store.name}`, {
        hint: 'name the state of that far side with --state; one that is not there yet is made from the receipt',
      })
    const result = receive(loaded?.state, receipt, file)
    await store.write(result.state)
    return result
  })
  const names = (images: readonly { readonly destination: Parameters<typeof formatDestination>[1] }[]) =>
    images.map(({ destination }) => formatDestination(target, destination))
  const { confirmed, taken, lost, shipped } = received
  const print = (line: string) => output.print(wrap(printable(line), width, 2).join('\n'))
  for (const name of names(lost))
    print(`  ! ${name} is not there: where it is still wanted, it is planned again`)
  print(
    `${formatTarget(target)}: ${countOf(confirmed.length, 'image')} confirmed, ${taken.length} taken into ${store.name}, ${lost.length} lost, ${shipped.length} on the way.`,
  )
  await output.document({
    format: 'mirrorform-receipt-import',
    version: 1,
    target: formatTarget(target),
    confirmed: names(confirmed),
    taken: names(taken),
    lost: names(lost),
    shipped: names(shipped),
  })
  return 0
}
