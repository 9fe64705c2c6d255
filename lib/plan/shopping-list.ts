/**
 * What a far side misses <-> the text of a shopping list: carried back, it says to the near side which images have to be
 * shipped again, and which content is not there although it was sent.
 */
import { PlanError, SyntaxFault } from '../errors.ts'
import { readSeal } from '../files/canonical-json.ts'
import { decodeTarget } from '../files/content-json.ts'
import { decodeFile, type FileKind, sealFile } from '../files/file-kind.ts'
import { formatTarget, type TargetAddress } from '../target.ts'
import { decodeMissing, encodeMissing } from './carrying-json.ts'
import type { MissingContent } from './plan.ts'

export interface ShoppingList {
  readonly target: TargetAddress
  readonly missing: readonly MissingContent[]
}

const SHOPPING_LIST: FileKind = {
  format: 'mirrorform-shopping-list',
  version: 1,
  noun: 'shopping list',
  advice: 'write it again on the far side: mirrorform plan --from file://DIR --shopping-list FILE',
  Fault: PlanError,
}

/** The same list always gives the same bytes. */
export function encodeShoppingList({ target, missing }: ShoppingList): string {
  return sealFile(SHOPPING_LIST, [
    { key: 'target', value: formatTarget(target) },
    { key: 'missing', entities: missing.map(each => encodeMissing(target, each)) },
  ]).text
}

/** @throws PlanError when it is none, is of another version, or was changed */
export function decodeShoppingList(text: string, name: string): ShoppingList {
  const lines = text.replaceAll('\r\n', '\n')
  return decodeFile(SHOPPING_LIST, lines, name, root => {
    const seal = readSeal(lines)
    if (seal === undefined || seal.stated !== seal.actual)
      throw new SyntaxFault('its digest does not match its content: it was cut short or edited')
    const target = decodeTarget(root.field('target'))
    return { target, missing: root.field('missing').list(part => decodeMissing(target, part)) }
  })
}
