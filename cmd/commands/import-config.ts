/**
 * `import-config`: a list of images of another tool as an image set, printed or written to a file. What an image set cannot
 * say is told with its place, and stands in the image set as a comment. Registries are asked with `--expand` only.
 */
import { text as readStream } from 'node:stream/consumers'
import { ConfigError, parseImageSet } from '../../lib/config/index.ts'
import {
  type ImportedList,
  imageSetText,
  type ListFormat,
  type NotCarried,
  omissionText,
  type PathRule,
  readImageList,
  settleTags,
  tagsToAsk,
} from '../../lib/config/lists/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { countOf } from '../../lib/report/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import { checkFilePath, startOfFile, writeDocument } from '../terminal/index.ts'
import { askTags } from '../wiring/places/ask-tags.ts'
import { openReading, type PlaceArguments } from '../wiring/places/open-places.ts'
import { readText } from '../wiring/read-text.ts'

export interface ImportConfigArguments extends PlaceArguments {
  readonly file: string
  readonly format: 'auto' | ListFormat
  readonly out?: string | undefined
  readonly expand: boolean
  readonly paths: PathRule
  readonly strict: boolean
}

/** What an image set that this command wrote begins with: only such a file is overwritten. */
const MARK = '# Written by mirrorform import-config'

export const run: Command<ImportConfigArguments> = async (args, invocation) => {
  const { file, out, strict } = args
  const { output, stdin } = invocation
  // yargs hands a lone `-` over as nothing.
  const isStdin = file === '-' || file === ''
  const path = isStdin ? 'stdin' : file
  if (out !== undefined) await checkOut(out)
  const read = readImageList(
    { path, text: isStdin ? await readStream(stdin) : await readText(path, 'list of images') },
    { format: args.format === 'auto' ? undefined : args.format, paths: args.paths },
  )
  const list = await settled(read, path, args, invocation)
  const left = list.entries.filter(entry => entry.kind === 'notCarried')
  refuseNothing(list, left, path)
  const text = imageSetText(list, path)
  const imageSet = parseImageSet({ path: out ?? `${path}, as an image set`, text })
  for (const entry of left) output.warn(`not carried over: ${omissionText(entry, path)}`)
  if (out === undefined) output.print(text.replace(/\n$/, ''))
  else {
    await writeDocument(out, text, '-o')
    output.print(`Wrote ${out}: ${contentOf(list)}.`)
    output.print(nextStep(out, list, imageSet.helm !== undefined))
  }
  await output.document({
    format: 'mirrorform-imported-list',
    version: 1,
    from: path,
    as: list.format,
    ...(out === undefined ? { text } : { to: out }),
    images: list.entries.filter(({ kind }) => kind === 'image').length,
    charts: list.entries.filter(({ kind }) => kind === 'chart').length,
    notCarried: left.map(({ section, message, hint, place }) => ({ section, message, hint, ...place })),
  })
  return strict && left.length > 0 ? 1 : 0
}

async function settled(
  list: ImportedList,
  path: string,
  args: ImportConfigArguments,
  invocation: Invocation,
): Promise<ImportedList> {
  const asked = tagsToAsk(list)
  if (!args.expand || asked.length === 0) return settleTags(list, new Map())
  const places = await openReading(args, invocation)
  try {
    const { signal } = invocation.interrupts.soft
    return settleTags(list, await askTags(asked, places.sources, path, signal))
  } finally {
    await places.close()
  }
}

/** An image set that asks for nothing would plan to delete what the mirror holds. */
function refuseNothing({ entries }: ImportedList, left: readonly NotCarried[], path: string): void {
  if (entries.some(({ kind }) => kind === 'image' || kind === 'chart')) return
  if (left.length === 0)
    throw new UsageError(`${path} names no image`, { hint: 'check that it is the right file' })
  throw new ConfigError(
    left.map(({ message, hint, place }) => ({
      kind: 'unsupported',
      path,
      ...place,
      message: `not carried over: ${message}`,
      ...(hint !== undefined && { hint }),
    })),
  )
}

function contentOf({ entries }: ImportedList): string {
  const count = (wanted: string) => entries.filter(({ kind }) => kind === wanted).length
  const [images, charts, left] = [count('image'), count('chart'), count('notCarried')]
  return [
    countOf(images, 'image'),
    ...(charts > 0 ? [countOf(charts, 'chart')] : []),
    ...(left > 0 ? [`${countOf(left, 'thing')} not carried over`] : []),
  ].join(', ')
}

function nextStep(out: string, { hosts }: ImportedList, hasCharts: boolean): string {
  const [host = 'HOST[/PREFIX]'] = hosts
  return `See what it asks for: mirrorform plan -c ${out} --to docker://${host}${hasCharts ? ' --carry-charts' : ''}`
}

/** Asked before the work. */
async function checkOut(out: string): Promise<void> {
  await checkFilePath(out, '-o')
  const before = await startOfFile(out)
  if (before === undefined || before.startsWith(MARK)) return
  throw new UsageError(`${out} is there already, and import-config did not write it`, {
    hint: 'name a new file',
  })
}
