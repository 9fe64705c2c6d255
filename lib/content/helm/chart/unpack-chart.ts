/**
 * A packaged chart (.tgz) → its files, below the one folder that holds them (Helm, "The Chart File Structure").
 *
 * Whoever packed it may be anybody: the size of each file and of all together is bounded by Helm's own limits, and a name
 * that leads out of the chart ends the reading.
 */
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { messageOf } from '../../../errors.ts'
import { entryPath } from '../../image-files/entry-path.ts'
import { ChartFault } from './chart-fault.ts'

/** Paths below the chart's folder. */
export type ChartFiles = ReadonlyMap<string, Uint8Array>

/** Helm's limits on what it loads (pkg/chart/loader: 100 MiB unpacked, 5 MiB a file). */
export const MAX_CHART_BYTES = 100 * 1024 * 1024
export const MAX_FILE_BYTES = 5 * 1024 * 1024
/** Far more than any chart has. */
export const MAX_CHART_FILES = 20_000

/**
 * @param what names the chart in messages
 * @throws ChartFault
 */
export async function unpackChart(archive: Uint8Array, what: string): Promise<ChartFiles> {
  const files = new Map<string, Uint8Array>()
  try {
    await readArchive(archive, what, files)
  } catch (cause) {
    if (cause instanceof ChartFault) throw cause
    throw new ChartFault(`${what} is no packaged chart: ${messageOf(cause)}`, {
      cause,
      hint: 'a packaged chart is a gzip-compressed tar archive, as `helm package` writes it',
    })
  }
  if (files.size === 0) throw new ChartFault(`${what} is no packaged chart: it has no files`)
  return files
}

async function readArchive(archive: Uint8Array, what: string, files: Map<string, Uint8Array>): Promise<void> {
  const parser = extract()
  const unpacked = createGunzip()
  const pieces = Readable.from([archive])
    .pipe(unpacked)
    .on('error', error => parser.destroy(error))
  pieces.pipe(parser)
  let total = 0
  let entries = 0
  try {
    for await (const entry of parser) {
      const { name, type, size = 0 } = entry.header
      const isFile = type === 'file' || type === 'contiguous-file'
      if (++entries > MAX_CHART_FILES) throw tooLarge(what, `more than ${MAX_CHART_FILES} entries`)
      total += size
      if (total > MAX_CHART_BYTES) throw tooLarge(what, `more than ${MAX_CHART_BYTES} bytes`)
      const path = isFile ? pathIn(name, what) : undefined
      if (path === undefined) {
        entry.resume()
        continue
      }
      if (size > MAX_FILE_BYTES) throw tooLarge(what, `a file "${path}" of ${size} bytes`)
      const chunks: Uint8Array[] = []
      for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk)
      files.set(path, Buffer.concat(chunks))
    }
  } finally {
    unpacked.destroy()
    parser.destroy(null)
  }
}

/** Below the first folder; charts packed on Windows have backslashes. undefined for a file beside that folder. */
function pathIn(name: string, what: string): string | undefined {
  const plain = name.replaceAll('\\', '/')
  const path = plain.startsWith('/') || /^[A-Za-z]:/.test(plain) ? undefined : entryPath(plain)
  if (path === undefined || plain.split('/').includes('..'))
    throw new ChartFault(
      `${what} has a file ${JSON.stringify(name.slice(0, 200))}, which leads out of the chart`,
      {
        hint: '`helm package` writes no such chart: do not use it before you know where it comes from',
      },
    )
  const slash = path.indexOf('/')
  return slash < 0 ? undefined : path.slice(slash + 1)
}

function tooLarge(what: string, has: string): ChartFault {
  return new ChartFault(`${what} has ${has}, which Helm does not load either`, {
    hint: 'check where the chart comes from',
  })
}
