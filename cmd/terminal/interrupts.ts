/**
 * Ctrl-C, twice: the first asks to finish what is in flight, to save and to stop; the second stops now. A third is no
 * longer caught, so that a program that hangs can always be ended.
 */
import type { EventEmitter } from 'node:events'
import { InterruptedError } from '../../lib/errors.ts'

export interface Interrupts {
  /** Aborted by the first signal: no new work. */
  readonly soft: AbortController
  /** Aborted by the second: break off transfers. `soft` is aborted then, too. */
  readonly hard: AbortController
  /** Stops listening. */
  readonly dispose: () => void
}

export interface InterruptOptions {
  /** Where signals come from: `process`. */
  readonly signals: Pick<EventEmitter, 'on' | 'off'>
  /** Tells the user what happens. */
  readonly say: (text: string) => void
  /** Milliseconds on a clock that does not run backwards. */
  readonly now?: () => number
}

const CAUGHT = ['SIGINT', 'SIGTERM'] as const

/**
 * Signals that follow each other faster are one key press, milliseconds: the terminal sends Ctrl-C to every process in
 * the foreground, and `npm run` passes its own on.
 */
const ONE_PRESS_MS = 200

/** Both controllers abort with an InterruptedError as their reason. */
export function onInterrupt(options: InterruptOptions): Interrupts {
  const { signals, say, now = performance.now.bind(performance) } = options
  const soft = new AbortController()
  const hard = new AbortController()
  let first = 0
  const dispose = (): void => {
    for (const name of CAUGHT) signals.off(name, receive)
  }
  function receive(): void {
    if (!soft.signal.aborted) {
      first = now()
      say('stopping after current transfers; press Ctrl-C again to stop now')
      soft.abort(new InterruptedError('interrupted'))
      return
    }
    if (now() - first < ONE_PRESS_MS) return
    dispose()
    say('stopping now')
    hard.abort(new InterruptedError('interrupted'))
  }
  for (const name of CAUGHT) signals.on(name, receive)
  return { soft, hard, dispose }
}
