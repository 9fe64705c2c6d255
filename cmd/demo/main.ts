/**
 * `npm run demo`: the whole tool in a quarter of a minute, on two registries that live as long as this process.
 *
 * Ends with 0 when every step did what the text says, with 1 when one did not, and with 130 when it was interrupted;
 * in each case, and when the reader of its output goes away, nothing is left behind.
 */
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { columnsOf, createStyle, wantsColor } from '../terminal/index.ts'
import { runDemo } from './demo.ts'

const { stdout, stderr, env } = process
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())
stdout.on('error', () => stop.abort())
stderr.on('error', () => stop.abort())

process.exitCode = await runDemo({
  program: [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    fileURLToPath(import.meta.resolve('../main.ts')),
  ],
  stdout,
  stderr,
  columns: columnsOf(stdout, env, 80),
  style: createStyle(wantsColor(stdout, env)),
  env,
  folder: tmpdir(),
  signal: stop.signal,
})
