/**
 * Everything a bench makes, for as long as it runs: folders, registries, proxies. All of it lies in one temporary folder
 * that is removed however the bench ends.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type DockerRegistry, startDockerRegistry } from '../testdata/docker-registry.ts'
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts'
import type { LinkShape } from './lane.ts'
import { type ShapedLink, startShapedLink } from './shaped-link.ts'
import { type Limits, startThrottlingProxy, type ThrottlingProxy } from './throttling-proxy.ts'

export interface Scratch {
  /** A new, empty folder. */
  folder(): string
  registry(): Promise<DockerRegistry>
  /** A proxy that counts what goes to `registry`. */
  proxy(registry: DockerRegistry): Promise<CountingProxy>
  /** A slow link to `registry`. */
  link(registry: DockerRegistry, shape: LinkShape): Promise<ShapedLink>
  /** A proxy that lets no more than this through to `registry`. */
  throttle(registry: DockerRegistry, limits: Limits): Promise<ThrottlingProxy>
}

/** Registries that are no longer needed should be closed by the bench: their content takes room until the end. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const root = mkdtempSync(path.join(tmpdir(), 'mirrorform-bench-'))
  const systemFolder = process.env.TMPDIR
  const remove = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  const opened: { close(): Promise<void> }[] = []
  const open = <Thing extends { close(): Promise<void> }>(thing: Thing): Thing => {
    opened.push(thing)
    return thing
  }
  let folders = 0
  // Registries put their content into the temporary folder of the system: an interrupted bench must not leave that there.
  process.env.TMPDIR = root
  process.once('exit', remove)
  try {
    return await work({
      folder() {
        const folder = path.join(root, `folder-${++folders}`)
        mkdirSync(folder)
        return folder
      },
      registry: async () => open(await startDockerRegistry()),
      proxy: async registry => open(await startCountingProxy(registry.host)),
      link: async (registry, shape) => open(await startShapedLink(registry.host, shape)),
      throttle: async (registry, limits) => open(await startThrottlingProxy(registry.host, limits)),
    })
  } finally {
    for (const thing of opened.reverse()) await thing.close()
    if (systemFolder === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = systemFolder
    process.off('exit', remove)
    remove()
  }
}
