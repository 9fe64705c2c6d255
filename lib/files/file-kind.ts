/**
 * The text of one of our files -> its decoded content, or an error that names the file, what is wrong and what to do.
 *
 * Every file says its format and version. What is not one of ours, is of a later version, was left by git in the
 * middle of a merge or is damaged is refused here, before any decoder looks at its members.
 */
import { type ErrorDetails, MirrorformError, SyntaxFault } from '../errors.ts'
import { type Field, type Json, sealDocument, writeDocument } from './canonical-json.ts'
import { JsonPart } from './json-part.ts'
import { conflictLine, parseJsonText } from './json-syntax.ts'

export interface FileKind {
  /** `mirrorform-state` */
  readonly format: string
  readonly version: number
  /** For messages: `state`. */
  readonly noun: string
  /** What to do with a file that cannot be read. */
  readonly advice: string
  readonly Fault: new (message: string, details?: ErrorDetails) => MirrorformError
}

/** The first two members of every file. */
export function heading(kind: FileKind): readonly Field[] {
  return [
    { key: 'format', value: kind.format },
    { key: 'version', value: kind.version },
  ]
}

export function encodeFile(kind: FileKind, fields: readonly Field[]): string {
  return writeDocument([...heading(kind), ...fields])
}

export function sealFile(kind: FileKind, fields: readonly Field[]): ReturnType<typeof sealDocument> {
  return sealDocument([...heading(kind), ...fields])
}

/** The heading as one line, for files that are lines. */
export function headingLine(
  kind: FileKind,
  members: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  return { format: kind.format, version: kind.version, ...members }
}

/**
 * @param name the file's path, for messages
 * @param read gets the whole file as a part; what it throws is reported as this kind's fault
 */
export function decodeFile<T>(kind: FileKind, text: string, name: string, read: (root: JsonPart) => T): T {
  const conflict = conflictLine(text)
  if (conflict !== undefined)
    throw new kind.Fault(`${name}:${conflict}: git left a merge conflict in this ${kind.noun}`, {
      hint: `settle the conflict first: take one side as a whole (git checkout --ours ${name}, or --theirs), then plan again`,
    })
  if (text.trim() === '') throw new kind.Fault(`${name} is empty, not a ${kind.noun}`, { hint: kind.advice })
  return asFault(kind, '', () => {
    const value = parseJsonText(text, name)
    return asFault(kind, `${name}: `, () => {
      const root = new JsonPart(value)
      checkHeading(kind, root, name)
      return read(root)
    })
  })
}

/** @throws the kind's fault when the part is no heading of this kind and version. */
export function checkHeading(kind: FileKind, root: JsonPart, name: string): void {
  const format = root.field('format').value
  if (format !== kind.format)
    throw new kind.Fault(
      `${name} is not a ${kind.noun}: its format is ${JSON.stringify(format) ?? 'not stated'}, not "${kind.format}"`,
      { hint: `name a file that mirrorform wrote as a ${kind.noun}` },
    )
  const version = root.field('version').count()
  if (version > kind.version)
    throw new kind.Fault(
      `${name} is a ${kind.noun} of version ${version}, written by a newer mirrorform; this one reads version ${kind.version}`,
      { hint: `use a mirrorform that reads ${kind.format} version ${version}` },
    )
  if (version !== kind.version)
    throw new kind.Fault(
      `${name} is a ${kind.noun} of version ${version}; this mirrorform reads version ${kind.version}`,
      {
        hint: kind.advice,
      },
    )
}

/** Turns what the readers throw into the kind's fault, keeping a hint they gave. */
export function asFault<T>(kind: FileKind, prefix: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const ours: boolean = error instanceof kind.Fault
    if (ours || !(error instanceof MirrorformError)) throw error
    throw new kind.Fault(prefix + error.message, {
      hint: error instanceof SyntaxFault ? (error.hint ?? kind.advice) : kind.advice,
      cause: error,
    })
  }
}
