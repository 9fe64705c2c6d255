/**
 * Imported before everything else: keeps compiled code between runs, which is a good part of the time of a short run.
 *
 * It lies in the user's own cache folder. Node's default, a folder in `/tmp`, would let another user of the machine
 * leave code there for us to run.
 */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

// Run from its TypeScript, the program is compiled by a loader that keeps its own. Where nothing can be written, Node
// only says so in its result.
if (import.meta.url.endsWith('.js')) enableCompileCache(join(cacheFolder(), 'mirrorform', 'compiled'))

/** XDG base directory specification: relative paths are invalid and passed over. */
function cacheFolder(): string {
  const folder = process.env.XDG_CACHE_HOME ?? ''
  return isAbsolute(folder) ? folder : join(homedir(), '.cache')
}
