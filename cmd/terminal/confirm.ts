/** Asks the user before something is changed. Only a typed yes is a yes. */
import { createInterface } from 'node:readline'
import { InterruptedError, UsageError } from '../../lib/errors.ts'

export interface ConfirmStreams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stderr: NodeJS.WritableStream
  /** Ends the question, for instance at Ctrl-C. */
  readonly signal?: AbortSignal | undefined
}

/**
 * True for `yes` or `y`; false for anything else, and at the end of input.
 * @throws UsageError when nobody sits at stdin, InterruptedError when the signal fires.
 */
export async function confirm(question: string, { stdin, stderr, signal }: ConfirmStreams): Promise<boolean> {
  if (stdin.isTTY !== true)
    throw new UsageError(`nobody is there to answer "${question}"`, {
      hint: 'review the plan and pass --yes, or run this in a terminal',
    })
  if (signal?.aborted) throw new InterruptedError('interrupted; nothing was changed')
  stderr.write(`${question} Only "yes" goes on: `)
  const lines = createInterface({ input: stdin, terminal: false })
  try {
    return await new Promise<boolean>((resolve, reject) => {
      lines.once('line', line => resolve(/^y(es)?$/i.test(line.trim())))
      lines.once('close', () => resolve(false))
      signal?.addEventListener(
        'abort',
        () => reject(new InterruptedError('interrupted; nothing was changed')),
        {
          once: true,
        },
      )
    })
  } finally {
    lines.close()
  }
}
