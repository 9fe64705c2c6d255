/**
 * Finds the login for a registry or a path in it, where skopeo, podman and docker keep theirs.
 *
 * Order: `--authfile`, `$REGISTRY_AUTH_FILE`, `$XDG_RUNTIME_DIR/containers/auth.json`,
 * `~/.config/containers/auth.json`, `~/.docker/config.json` (containers-auth.json(5)). The first file that has a login
 * wins; in a file the longest path does, helpers named for it before the file's own entries, its store last. The file
 * that the user named must exist; the others may be missing.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { hintOf, messageOf } from '../../../lib/errors.ts'
import { CredentialError, type CredentialFile, parseCredentialFile } from './credential-file.ts'
import { askHelper } from './credential-helper.ts'
import { DOCKER_HUB_SERVER, type FoundLogin, isSameLogin, type Login, lookupKeys } from './login.ts'

export interface CredentialPlaces {
  readonly authFile?: string | undefined
  /** Which option named `authFile`, for messages; default `--authfile`. */
  readonly authFileFlag?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly home: string
}

/** `credential-helpers` of registries.conf names the files themselves by this. */
const FILES_THEMSELVES = 'containers-auth.json'

export class Credentials {
  readonly #files: readonly CredentialFile[]
  readonly #env: NodeJS.ProcessEnv
  readonly #helpers: readonly string[]
  readonly #found = new Map<string, Promise<FoundLogin | undefined>>()
  readonly #answers = new Map<string, ReturnType<typeof askHelper>>()
  readonly #troubles = new Set<string>()

  /** @param helpers `credential-helpers` of registries.conf: asked after the files. */
  constructor(files: readonly CredentialFile[], env: NodeJS.ProcessEnv, helpers: readonly string[] = []) {
    this.#files = files
    this.#env = env
    this.#helpers = helpers.filter(helper => helper !== FILES_THEMSELVES)
  }

  /** @param name `host/path`, or a host alone. @throws CredentialError when a helper named for this registry fails. */
  find(name: string): Promise<FoundLogin | undefined> {
    const known = this.#found.get(name)
    if (known !== undefined) return known
    const found = this.#search(name)
    this.#found.set(name, found)
    return found
  }

  /**
   * A newer login from the helper whose login no longer works (ECR's lasts 12 hours, Google's one); undefined when the
   * login is from a file, or the helper has no other.
   */
  async renew(name: string, refused: FoundLogin): Promise<FoundLogin | undefined> {
    if (refused.answer === undefined) return undefined
    const isNewer = (found: FoundLogin | undefined) =>
      found !== undefined && !isSameLogin(found.login, refused.login)
    const known = await this.find(name)
    if (isNewer(known)) return known
    this.#answers.delete(refused.answer)
    this.#found.clear()
    const found = await this.find(name)
    return isNewer(found) ? found : undefined
  }

  /** The files that were read, for hints. */
  get searched(): readonly string[] {
    return this.#files.map(file => file.path)
  }

  /** What went wrong in places that are only asked when nothing better is known. */
  get troubles(): readonly string[] {
    return [...this.#troubles]
  }

  async #search(name: string): Promise<FoundLogin | undefined> {
    for (const file of this.#files) {
      const found = await this.#searchFile(file, name)
      if (found !== undefined) return found
    }
    for (const helper of this.#helpers) {
      const found = await this.#askLeniently(helper, name, 'registries.conf')
      if (found !== undefined) return found
    }
    return undefined
  }

  async #searchFile(file: CredentialFile, name: string): Promise<FoundLogin | undefined> {
    for (const key of lookupKeys(name)) {
      const helper = file.helpers.get(key)
      if (helper !== undefined) {
        const login = await this.#ask(helper, serverOf(key))
        if (login !== undefined) return fromHelper(login, helper, serverOf(key), file.path)
      }
      const login = file.logins.get(key)
      if (login !== undefined) return { login, origin: `${file.path} (entry ${key})` }
    }
    return file.store === undefined ? undefined : this.#askLeniently(file.store, name, file.path)
  }

  /** A store is asked for every registry, anonymous ones too: that it is broken only matters when a login is needed. */
  async #askLeniently(helper: string, name: string, file: string): Promise<FoundLogin | undefined> {
    try {
      const login = await this.#ask(helper, serverOf(name))
      return login && fromHelper(login, helper, serverOf(name), file)
    } catch (error) {
      this.#troubles.add(`${messageOf(error)} (named in ${file}; ${hintOf(error) ?? 'run it by hand'})`)
      return undefined
    }
  }

  #ask(helper: string, server: string): ReturnType<typeof askHelper> {
    const key = answerOf(helper, server)
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = askHelper(helper, server, this.#env)
    this.#answers.set(key, answer)
    return answer
  }
}

function fromHelper(login: Login, helper: string, server: string, file: string): FoundLogin {
  const origin = `docker-credential-${helper} (named in ${file})`
  return { login, origin, answer: answerOf(helper, server) }
}

function answerOf(helper: string, server: string): string {
  return `${helper} ${server}`
}

function serverOf(name: string): string {
  const host = name.split('/', 1)[0] ?? name
  return host === 'docker.io' ? DOCKER_HUB_SERVER : host
}

/** @throws CredentialError naming the file that is missing, unreadable or not a credential file. */
export async function readCredentialFiles(places: CredentialPlaces): Promise<readonly CredentialFile[]> {
  const files: CredentialFile[] = []
  for (const { file, named } of credentialPaths(places)) {
    if (files.some(known => known.path === file)) continue
    const text = await readText(file, named)
    if (text !== undefined) files.push(parseCredentialFile(text, file))
  }
  return files
}

function credentialPaths({
  authFile,
  authFileFlag,
  env,
  home,
}: CredentialPlaces): readonly { file: string; named?: string }[] {
  const config = env.XDG_CONFIG_HOME || path.join(home, '.config')
  return [
    ...(authFile ? [{ file: authFile, named: authFileFlag ?? '--authfile' }] : []),
    ...(env.REGISTRY_AUTH_FILE && !authFile
      ? [{ file: env.REGISTRY_AUTH_FILE, named: 'REGISTRY_AUTH_FILE' }]
      : []),
    ...(env.XDG_RUNTIME_DIR ? [{ file: path.join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json') }] : []),
    { file: path.join(config, 'containers', 'auth.json') },
    { file: path.join(env.DOCKER_CONFIG || path.join(home, '.docker'), 'config.json') },
  ]
}

async function readText(file: string, named: string | undefined): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw new CredentialError(`cannot read the credential file ${file}: ${reasonOf(code, cause)}`, {
      cause,
      hint: named === undefined ? 'make it readable, or move it away' : `it is named by ${named}`,
    })
  }
}

function reasonOf(code: unknown, cause: unknown): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return messageOf(cause)
  }
}
