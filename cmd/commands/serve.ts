/** `serve`: an OCI registry over an image layout folder, until it is interrupted. */
import { UsageError } from '../../lib/errors.ts'
import { startRegistryServer } from '../../providers/embedded/index.ts'
import type { Command } from '../invocation.ts'

export interface ServeArguments {
  readonly folder: string
  readonly listen: string
  readonly allowDelete: boolean
}

export const run: Command<ServeArguments> = async (args, { output, interrupts }) => {
  const server = await startRegistryServer({
    folder: args.folder,
    listen: parseListen(args.listen),
    allowDelete: args.allowDelete,
    keepRequests: false,
  })
  const stopping = interrupts.soft.signal
  output.print(`Serving ${args.folder} at ${server.url} (plain HTTP). Ctrl-C ends it.`)
  await output.document({ format: 'mirrorform-serve', version: 1, url: server.url, folder: args.folder })
  await new Promise<void>(resolve => {
    if (stopping.aborted) resolve()
    stopping.addEventListener('abort', () => resolve(), { once: true })
  })
  await server.close()
  return 0
}

/** `127.0.0.1:5000`, `[::1]:5000`, `:5000` (loopback). @throws UsageError */
function parseListen(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':')
  const port = Number(text.slice(colon + 1))
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`"${text}" is not an address to listen on`, {
      hint: 'write HOST:PORT, for instance 127.0.0.1:5000',
    })
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '')
  return { host: host === '' ? '127.0.0.1' : host, port }
}
