/**
 * Shows how far an apply is, on stderr: a live block on a terminal, a line every ten seconds elsewhere, or nothing.
 *
 * Events only change the tally; drawing happens on a clock, which tests bring themselves.
 */
import { createLogUpdate } from 'log-update'
import type { ApplyEvent } from '../../lib/apply/events.ts'
import { lastLine, progressBlock, progressLine } from './progress-text.ts'
import { Speedometer } from './speed.ts'
import { EMPTY_TALLY, tallyEvent } from './tally.ts'

export type ProgressMode = 'none' | 'plain' | 'auto'

export type ProgressStream = NodeJS.WritableStream & {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

export interface ProgressOptions {
  readonly stream: ProgressStream
  readonly mode: ProgressMode
  readonly isTTY: boolean
  /** Milliseconds on a clock that does not run backwards. */
  readonly now?: () => number
  /** Calls `tick` every `ms` milliseconds until the function it returns is called. */
  readonly interval?: (ms: number, tick: () => void) => () => void
  /** Writes a line of plain progress; default: to the stream, as text. */
  readonly line?: (text: string) => void
}

export interface Progress {
  (event: ApplyEvent): void
  /** Lets something else write to the terminal: the block makes room and comes back below. */
  readonly above: (write: () => void) => void
  /** Takes the block away, or writes the last line. */
  readonly stop: () => void
}

/** How often the block is drawn, milliseconds: smooth to the eye, cheap to draw. */
const LIVE_MS = 100
/** How often logs get a line, milliseconds: often enough for CI systems that stop silent jobs. */
const PLAIN_MS = 10_000

export function createProgress(options: ProgressOptions): Progress {
  if (options.mode === 'none')
    return progressOf(
      () => {},
      write => write(),
      () => {},
    )
  const live = options.mode === 'auto' && options.isTTY && hasRoom(options.stream)
  return live ? liveProgress(options) : plainProgress(options)
}

/** Some CI systems give their jobs a terminal of no size, on which nothing can be drawn. */
function hasRoom({ columns, rows }: ProgressStream): boolean {
  return columns !== 0 && rows !== 0
}

function liveProgress(options: ProgressOptions): Progress {
  const { stream, now = performance.now.bind(performance), interval = everyInterval } = options
  const block = createLogUpdate(stream, { showCursor: true })
  const speed = new Speedometer()
  let tally = EMPTY_TALLY
  let running: (() => void) | undefined
  const draw = (): void => {
    speed.record(now(), tally.bytesDone)
    block(progressBlock(tally, speed, stream.columns ?? 80).join('\n'))
  }
  return progressOf(
    event => {
      tally = tallyEvent(tally, event)
      running ??= interval(LIVE_MS, draw)
    },
    write => {
      if (running === undefined) return write()
      block.clear()
      write()
      draw()
    },
    () => {
      if (running === undefined) return
      running()
      running = undefined
      block.clear()
      block.done()
    },
  )
}

function plainProgress(options: ProgressOptions): Progress {
  const { stream, now = performance.now.bind(performance), interval = everyInterval } = options
  const line = options.line ?? (text => void stream.write(`${text}\n`))
  const speed = new Speedometer()
  let tally = EMPTY_TALLY
  let began = 0
  let running: (() => void) | undefined
  const draw = (): void => {
    speed.record(now(), tally.bytesDone)
    line(progressLine(tally, speed))
  }
  const begin = (): (() => void) => {
    began = now()
    speed.record(began, 0)
    return interval(PLAIN_MS, draw)
  }
  return progressOf(
    event => {
      running ??= begin()
      tally = tallyEvent(tally, event)
    },
    write => write(),
    () => {
      if (running === undefined) return
      running()
      running = undefined
      line(lastLine(tally, now() - began))
    },
  )
}

function progressOf(
  take: (event: ApplyEvent) => void,
  above: Progress['above'],
  stop: Progress['stop'],
): Progress {
  return Object.assign((event: ApplyEvent) => take(event), { above, stop })
}

function everyInterval(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms)
  timer.unref()
  return () => clearInterval(timer)
}
