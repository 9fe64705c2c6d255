/**
 * Where the demo plays: one temporary folder with a source registry, a mirror and a working folder, and an environment
 * in which mirrorform sees nothing of the user's own credentials, configuration and cache.
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RegistryServer, startRegistryServer } from '../../providers/embedded/index.ts'

export interface Stage {
  readonly source: RegistryServer
  readonly mirror: RegistryServer
  /** Where the commands are run. */
  readonly work: string
  readonly env: NodeJS.ProcessEnv
  close(): Promise<void>
}

/** What would lead mirrorform to files and servers outside the stage. */
const FOREIGN = ['REGISTRY_AUTH_FILE', 'DOCKER_CONFIG', 'CONTAINERS_REGISTRIES_CONF_DIR']

/** @param folder where the stage's own folder is made */
export async function openStage(folder: string, env: NodeJS.ProcessEnv): Promise<Stage> {
  const top = await mkdtemp(join(folder, 'mirrorform-demo-'))
  const removeAtExit = () => rmSync(top, { recursive: true, force: true })
  process.once('exit', removeAtExit)
  const servers: RegistryServer[] = []
  const start = async (name: string): Promise<RegistryServer> => {
    const server = await startRegistryServer({ folder: join(top, name) })
    servers.push(server)
    return server
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(servers.map(server => server.close()))
    await rm(top, { recursive: true, force: true, maxRetries: 3 })
    process.off('exit', removeAtExit)
  }
  try {
    const source = await start('source')
    const mirror = await start('mirror')
    const work = join(top, 'work')
    await mkdir(work)
    const conf = join(top, 'registries.conf')
    await writeFile(conf, [source, mirror].map(allowPlainHttp).join('\n'))
    return { source, mirror, work, env: environment(env, top, conf), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** containers-registries.conf(5): `insecure` also allows plain HTTP. */
function allowPlainHttp({ host }: RegistryServer): string {
  return `[[registry]]\nlocation = "${host}"\ninsecure = true\n`
}

function environment(env: NodeJS.ProcessEnv, top: string, conf: string): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('XDG_') && !FOREIGN.includes(name))
  return {
    ...Object.fromEntries(own),
    HOME: join(top, 'home'),
    USERPROFILE: join(top, 'home'),
    CONTAINERS_REGISTRIES_CONF: conf,
  }
}
