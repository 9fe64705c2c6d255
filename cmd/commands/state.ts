/** `state list|show|forget|unlock`: looks at a state, and the two repairs a person may need to do by hand. */

import { withState } from '../../lib/apply/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { encodeState } from '../../lib/files/state-file.ts'
import { renderState, renderStateImage } from '../../lib/report/index.ts'
import type { State, StateImage } from '../../lib/state.ts'
import { destinationKey, formatDestination } from '../../lib/target.ts'
import { openStateFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'
import type { TargetArguments } from '../wiring/target/choose-target.ts'
import { existing, findState, statePathOf } from '../wiring/target/find-state.ts'
import { tellReplay } from '../wiring/tell.ts'

export interface ReferenceArguments extends TargetArguments {
  readonly reference: string
}

export const list: Command<TargetArguments> = async (args, { output, width }) => {
  const { loaded } = await findState(args, output)
  output.print(renderState(loaded.state, { style: output.style, width }))
  await output.document(encodeState(loaded.state))
  return 0
}

export const show: Command<ReferenceArguments> = async (args, { output, width }) => {
  const { loaded } = await findState(args, output)
  const { state } = loaded
  const image = pick(state, args.reference)
  output.print(
    renderStateImage(image, { store: state, target: state.target }, { style: output.style, width }),
  )
  await output.document(encodeState({ ...state, images: [image], loose: [] }))
  return 0
}

/** Rules by which other tools read at this target what it holds, under the original names. */
export const registriesConf: Command<TargetArguments> = async (args, { output }) => {
  const { loaded, path } = await findState(args, output)
  const { readingConf } = await import('../../lib/resources/index.ts')
  const text = readingConf(loaded.state, args.maxNestedPaths ?? 0)
  if (text === undefined) output.note(`${path} holds nothing that came from a registry.`)
  else output.print(text.trimEnd())
  await output.document({ format: 'mirrorform-registries-conf', version: 1, text: text ?? '' })
  return 0
}

export const forget: Command<ReferenceArguments> = async (args, { output }) => {
  const store = openStateFile(await statePathOf(args))
  const announce = (notes: Parameters<typeof tellReplay>[1]) => tellReplay(output, notes)
  const forgotten = await withState(store, 'state forget', announce, async loaded => {
    const { state } = existing(loaded, store)
    const image = pick(state, args.reference)
    await store.write({ ...state, images: state.images.filter(other => other !== image) })
    return formatDestination(state.target, image.destination)
  })
  output.print(
    `${forgotten} is no longer in the state. It stays at the target, and mirrorform no longer touches it.`,
  )
  await output.document({ format: 'mirrorform-state-forget', version: 1, forgotten })
  return 0
}

export const unlock: Command<TargetArguments> = async (args, { output }) => {
  const store = openStateFile(await statePathOf(args))
  const holder = await store.holder()
  await store.unlock()
  output.print(
    holder === undefined
      ? `${store.name} was not locked.`
      : `Removed the lock of ${holder.operation} (process ${holder.pid} of ${holder.user} on ${holder.host}, since ${holder.since}).`,
  )
  await output.document({ format: 'mirrorform-state-unlock', version: 1, removed: holder ?? null })
  return 0
}

/** By destination, with or without host and prefix. @throws UsageError when none or several fit. */
function pick(state: State, reference: string): StateImage {
  const names = (image: StateImage): readonly string[] => {
    const key = destinationKey(image.destination)
    const { target } = state
    const short =
      target.kind === 'registry' && target.prefix !== '' ? key.slice(target.prefix.length + 1) : key
    return [formatDestination(target, image.destination), key, short]
  }
  const found = state.images.filter(image => names(image).includes(reference))
  if (found[0] !== undefined && found.length === 1) return found[0]
  throw new UsageError(`the state holds no image ${reference}`, {
    hint: '`mirrorform state list` shows what it holds',
  })
}
