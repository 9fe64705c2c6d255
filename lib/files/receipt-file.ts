/**
 * Receipt <-> the text of its file (design: docs/file-formats.md, "Receipt").
 *
 * A receipt is what a far side carries back: all that its state says it holds, and which archives were brought to it. Like
 * a plan it ends in the digest of its other lines, so that one that was edited on the way is refused.
 */
import { ReceiptError, SyntaxFault } from '../errors.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import type { Revision, State } from '../state.ts'
import { formatTarget } from '../target.ts'
import { readSeal } from './canonical-json.ts'
import { decodeImage, decodeStore, decodeTarget, encodeImage, storeFields } from './content-json.ts'
import { decodeFile, type FileKind, sealFile } from './file-kind.ts'
import { reachableFrom, sortedImages } from './reachable.ts'
import { archiveFields, decodeArchives } from './state-file.ts'

export interface Receipt {
  /** Of the far side's state. */
  readonly revision: Revision
  /** What the far side holds; blobs of unfinished images are not told. */
  readonly state: State
}

export const RECEIPT_FILE: FileKind = {
  format: 'mirrorform-receipt',
  version: 1,
  noun: 'receipt',
  advice: 'carry the receipt again; `mirrorform apply` writes it on the far side, whatever there is to do',
  Fault: ReceiptError,
}

/** The same state always gives the same bytes. */
export function encodeReceipt({ revision, state }: Receipt): string {
  const images = sortedImages(state.images)
  return sealFile(RECEIPT_FILE, [
    { key: 'lineage', value: state.lineage },
    { key: 'target', value: formatTarget(state.target) },
    { key: 'stateRevision', value: revision },
    ...archiveFields(state.archives ?? []),
    { key: 'images', entities: images.map(image => encodeImage(state.target, image)) },
    ...storeFields(reachableFrom(state, images)),
  ]).text
}

/**
 * @param name the file's path, for messages
 * @throws ReceiptError when it is no receipt, is of another version, or was changed after it was written
 */
export function decodeReceipt(text: string, name: string): Receipt {
  const lines = text.replaceAll('\r\n', '\n')
  return decodeFile(RECEIPT_FILE, lines, name, root => {
    const seal = readSeal(lines)
    if (seal === undefined)
      throw new SyntaxFault('the digest that ends a receipt is missing: it was cut short or edited')
    if (seal.stated !== seal.actual)
      throw new ReceiptError(
        `${name} was changed after it was written: its digest does not match its content`,
        { hint: RECEIPT_FILE.advice },
      )
    const target = decodeTarget(root.field('target'))
    const images = sortedImages(root.field('images').list(part => decodeImage(target, part)))
    const state: State = {
      lineage: root.field('lineage').filledText(),
      target,
      images,
      ...reachableFrom(decodeStore(root), images),
      loose: [],
      ...decodeArchives(root),
    }
    return { revision: root.field('stateRevision').digest(), state }
  })
}

/** What a plan that was made against a receipt names it by. */
export function receiptDigest(text: string): Digest {
  return digestOf(text)
}
