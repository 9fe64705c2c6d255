/**
 * Where a command's words go: results to stdout, everything said about the work to stderr, and with `--json` exactly
 * one JSON document on stdout and nothing else there.
 *
 * A reader who has seen enough (`| head`) ends the output, not the work: later writes are dropped quietly.
 */
import { stripVTControlCharacters } from 'node:util'
import { ConfigError } from '../../lib/config/problem.ts'
import { hintOf, MirrorformError, messageOf } from '../../lib/errors.ts'
import { renderError, type Style } from '../../lib/report/index.ts'
import { createStyle } from './colors.ts'
import { encodeDocument, writeDocument } from './document.ts'
import { refuseKept } from './standing-file.ts'

export interface OutputOptions {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly json: boolean
  /** A file that gets the JSON document as well, or instead. */
  readonly jsonInto?: string | undefined
  /** Colour on stdout. */
  readonly color: boolean
  /** Colour on stderr; default: as on stdout. */
  readonly noteColor?: boolean | undefined
  readonly logFormat: 'text' | 'json'
  /** Leaves notes out; warnings and errors stay. */
  readonly quiet?: boolean | undefined
  /** Columns of stderr; default 100. */
  readonly noteWidth?: number | undefined
}

/** Further facts of a log line, in the JSON format only. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Output {
  readonly json: boolean
  /** For what is printed. */
  readonly style: Style
  /** For notes. */
  readonly noteStyle: Style
  /** A result for people, with a line feed added; dropped with `--json`. */
  print(text: string): void
  note(text: string, fields?: LogFields): void
  warn(text: string, fields?: LogFields): void
  error(error: unknown): void
  /**
   * The one JSON document of this run: data, or JSON text as it is. Dropped when nobody asked for JSON.
   * @throws MirrorformError when the `--json-into` file cannot be written.
   */
  document(value: unknown): Promise<void>
  readonly hasDocument: boolean
  /** What is written to stderr from now on goes through `above`; the function it returns ends that. */
  besides(above: (write: () => void) => void): () => void
  /** Resolves once everything is written. @throws MirrorformError when stdout did not take it (disk full). */
  flush(): Promise<void>
}

type Level = 'info' | 'warn' | 'error'

export function createOutput(options: OutputOptions): Output {
  const { json, jsonInto, logFormat, color, noteColor = color, noteWidth = 100 } = options
  const out = patientWriter(options.stdout)
  const err = patientWriter(options.stderr)
  const style = createStyle(color)
  const noteStyle = createStyle(noteColor)
  let documented = false
  let above = (write: () => void): void => write()

  function log(level: Level, text: string, fields: LogFields, shown: string): void {
    const line =
      logFormat === 'json'
        ? JSON.stringify({ level, message: stripVTControlCharacters(text), ...fields })
        : shown
    above(() => err.write(`${line}\n`))
  }

  return {
    json,
    style,
    noteStyle,
    print: text => {
      if (!json) out.write(`${text}\n`)
    },
    note: (text, fields = {}) => {
      if (!options.quiet) log('info', text, fields, text)
    },
    warn: (text, fields = {}) => log('warn', text, fields, `${noteStyle.warning('Warning:')} ${text}`),
    error: error =>
      log(
        'error',
        messageOf(error),
        errorFields(error),
        renderError(error, { style: noteStyle, width: noteWidth }),
      ),
    document: async value => {
      if (documented) throw new Error('a command prints one JSON document, not two')
      documented = true
      if (!json && jsonInto === undefined) return
      const text = encodeDocument(value)
      if (json) out.write(text)
      if (jsonInto === undefined) return
      await refuseKept(jsonInto, '--json-into', text)
      await writeDocument(jsonInto, text)
    },
    get hasDocument() {
      return documented
    },
    besides: through => {
      const before = above
      above = through
      return () => {
        above = before
      }
    },
    flush: async () => {
      await Promise.all([out.flush(), err.flush()])
      if (out.failure !== undefined)
        throw new MirrorformError(`cannot write to standard output: ${out.failure.message}`, {
          cause: out.failure,
        })
    },
  }
}

function errorFields(error: unknown): LogFields {
  if (error instanceof ConfigError) return { problems: error.problems }
  const hint = hintOf(error)
  return hint === undefined ? {} : { hint }
}

/** What a stream says when nobody reads it any more. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED'])

/** Stops writing at the first error, and remembers it unless it only says that the reader left. */
function patientWriter(stream: NodeJS.WritableStream) {
  let closed = false
  let failure: Error | undefined
  const onError = (error: NodeJS.ErrnoException): void => {
    closed = true
    if (!READER_GONE.has(error.code)) failure ??= error
  }
  stream.on('error', onError)
  return {
    get failure() {
      return failure
    },
    write(text: string): void {
      if (!closed) stream.write(text)
    },
    flush(): Promise<void> {
      if (closed) return Promise.resolve()
      return new Promise(resolve => stream.write('', () => resolve()))
    },
  }
}
