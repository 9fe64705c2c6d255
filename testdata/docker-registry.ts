/**
 * The real thing for end-to-end tests: a `docker-registry` process over a folder of its own, on a free port, without or
 * with TLS and a password. Tests that need it, or `skopeo`, are skipped by name where the program is not installed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** The one password that a registry started here can be given: its bcrypt hash is below, so no tool has to make one. */
export const TEST_PASSWORD = 'correct-horse-battery-staple'
const TEST_PASSWORD_HASH = '$2y$05$Zm9yLXRlc3RzLW9ubHkhuuojFvC56v5DCyet.vRXyP.p6OVlhSZuW'

export interface DockerRegistryOptions {
  /** Whether deleting by digest is possible; docker-registry's own default is no. Default true. */
  readonly allowDelete?: boolean
  /** `password` must be TEST_PASSWORD. */
  readonly htpasswd?: { readonly user: string; readonly password: string }
  /** Paths of PEM files. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly url: string
  /** Where it keeps its content. */
  readonly folder: string
  close(): Promise<void>
}

/** Whether a program is on the PATH. */
export function hasProgram(name: 'docker-registry' | 'skopeo' | 'openssl'): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some(folder => {
    try {
      accessSync(path.join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}

/** For the `skip` option of a test: the reason when a program is missing, else false. */
export function skipWithout(...names: readonly Parameters<typeof hasProgram>[0][]): string | false {
  const missing = names.filter(name => !hasProgram(name))
  return missing.length > 0 && `${missing.join(' and ')} not installed`
}

/** Starts a registry and resolves once it listens. `close` ends it and removes its folder. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const work = mkdtempSync(path.join(tmpdir(), 'mirrorform-registry-'))
  const folder = path.join(work, 'content')
  const configuration = path.join(work, 'config.json')
  writeFileSync(configuration, JSON.stringify(configurationOf(options, work, folder)))
  const child = spawn('docker-registry', ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  // A test that dies must not leave the registry behind.
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  const close = async (): Promise<void> => {
    process.off('exit', onExit)
    child.kill('SIGKILL')
    await ended
    await rm(work, { recursive: true, force: true })
  }
  try {
    const host = await listeningAddress(child)
    return { host, url: `${options.tls ? 'https' : 'http'}://${host}`, folder, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The configuration file of docker-registry 2.8; it is YAML, of which JSON is a part. */
function configurationOf(options: DockerRegistryOptions, work: string, folder: string): unknown {
  const { htpasswd, tls, allowDelete = true } = options
  const passwords = path.join(work, 'htpasswd')
  if (htpasswd !== undefined) {
    if (htpasswd.password !== TEST_PASSWORD)
      throw new Error('the password of a test registry is TEST_PASSWORD: no other one has a hash here')
    writeFileSync(passwords, `${htpasswd.user}:${TEST_PASSWORD_HASH}\n`)
  }
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: folder },
      delete: { enabled: allowDelete },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: {
      addr: '127.0.0.1:0',
      secret: 'only for tests',
      ...(tls && { tls: { key: tls.key, certificate: tls.cert } }),
    },
    ...(htpasswd && { auth: { htpasswd: { realm: 'test registry', path: passwords } } }),
  }
}

/** The registry says in its log where it listens, which is also how port 0 becomes known. */
function listeningAddress(child: ChildProcess): Promise<string> {
  const { stderr } = child
  if (stderr === null) throw new Error('docker-registry has no log')
  const said: string[] = []
  const lines = createInterface({ input: stderr })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    lines.once('close', () => reject(new Error(`docker-registry did not start: ${said.join('\n')}`)))
    lines.on('line', line => {
      said.push(line)
      const address = /listening on ([^",\s]+)/.exec(line)?.[1]
      if (address === undefined) return
      resolve(address)
      lines.close()
      // Read on, or the registry would block once the pipe is full.
      stderr.resume()
    })
  })
}
