/**
 * Which certificates are trusted and shown for a host: the system's and Node's authorities, and those in
 * `certs.d/<host[:port]>/` (containers-certs.d(5)): `*.crt` are further authorities, `*.cert` with `*.key` are ours.
 */
import { X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { MirrorformError, messageOf } from '../../../lib/errors.ts'

/** The files in a `certs.d` folder cannot be used. */
export class CertificateError extends MirrorformError {}

export class TrustStore {
  readonly #folders: readonly string[]
  readonly #given: readonly string[]
  readonly #contexts = new Map<string, Promise<SecureContext>>()
  #authorities: readonly string[] | undefined

  /**
   * @param folders `certs.d` folders; the first that knows a host is used for it
   * @param authorities PEM, further ones for every host
   */
  constructor(folders: readonly string[], authorities: readonly string[] = []) {
    this.#folders = folders
    this.#given = authorities
  }

  /** @param host `registry.example:5000`, as in the reference. @throws CertificateError */
  contextFor(host: string): Promise<SecureContext> {
    const known = this.#contexts.get(host)
    if (known !== undefined) return known
    const made = this.#makeContext(host)
    this.#contexts.set(host, made)
    return made
  }

  async #makeContext(host: string): Promise<SecureContext> {
    const { authorities, pairs, folder } = await this.#readHostFolder(host)
    try {
      return createSecureContext({
        ca: [...this.#knownAuthorities(), ...this.#given, ...authorities],
        cert: pairs.map(pair => pair.cert),
        key: pairs.map(pair => pair.key),
      })
    } catch (cause) {
      throw new CertificateError(
        `cannot use the certificates in ${folder ?? 'the system store'}: ${messageOf(cause)}`,
        {
          cause,
          hint: '*.crt, *.cert and *.key files are in PEM form; a key must belong to its certificate',
        },
      )
    }
  }

  /** Node's own list, NODE_EXTRA_CA_CERTS, and the system's, where companies put their own authority. */
  #knownAuthorities(): readonly string[] {
    this.#authorities ??= [
      ...new Set([
        ...getCACertificates('bundled'),
        ...getCACertificates('extra'),
        ...getCACertificates('system'),
      ]),
    ]
    return this.#authorities
  }

  async #readHostFolder(host: string): Promise<HostFolder> {
    for (const root of this.#folders) {
      const folder = path.join(root, host)
      const names = await readdir(folder).catch(() => undefined)
      if (names !== undefined) return readHostFolder(folder, names.sort())
    }
    return { folder: undefined, authorities: [], pairs: [] }
  }
}

/** A file that a person names: one or more certificates, PEM. @throws CertificateError */
export async function readAuthorities(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    new X509Certificate(text)
    return text
  } catch (cause) {
    throw new CertificateError(`cannot use the authorities in ${file}: ${messageOf(cause)}`, {
      cause,
      hint: 'name a file with certificates in PEM form, which begins with -----BEGIN CERTIFICATE-----',
    })
  }
}

interface HostFolder {
  readonly folder: string | undefined
  readonly authorities: readonly string[]
  readonly pairs: readonly { readonly cert: string; readonly key: string }[]
}

async function readHostFolder(folder: string, names: readonly string[]): Promise<HostFolder> {
  const read = (name: string) =>
    readFile(path.join(folder, name), 'utf8').catch((cause: unknown) => {
      throw new CertificateError(`cannot read ${path.join(folder, name)}: ${messageOf(cause)}`, { cause })
    })
  const withEnding = (ending: string) => names.filter(name => name.endsWith(ending))
  const missing = [
    ...withEnding('.cert')
      .map(name => name.replace(/\.cert$/, '.key'))
      .filter(name => !names.includes(name)),
    ...withEnding('.key')
      .map(name => name.replace(/\.key$/, '.cert'))
      .filter(name => !names.includes(name)),
  ]
  if (missing.length > 0)
    throw new CertificateError(`${path.join(folder, missing[0] ?? '')} is missing`, {
      hint: 'a client certificate is a pair of files, NAME.cert and NAME.key; an authority is NAME.crt',
    })
  return {
    folder,
    authorities: await Promise.all(withEnding('.crt').map(read)),
    pairs: await Promise.all(
      withEnding('.cert').map(async name => ({
        cert: await read(name),
        key: await read(name.replace(/\.cert$/, '.key')),
      })),
    ),
  }
}
