/**
 * Turns one credential file (containers-auth.json(5), docker's config.json) into logins by registry or path.
 *
 * Such a file holds secrets: no message made here quotes any of it but the names of its entries.
 */
import { MirrorformError } from '../../../lib/errors.ts'
import { isRecord, stringOrUndefined } from '../../../lib/oci/json.ts'
import { canonicalKey, isLegacyKey, type Login } from './login.ts'
import { Secret } from './secret.ts'

/** A credential file or helper that cannot be used. */
export class CredentialError extends MirrorformError {}

export interface CredentialFile {
  readonly path: string
  /** By canonical key. */
  readonly logins: ReadonlyMap<string, Login>
  /** Names of helpers by canonical key (`credHelpers`). */
  readonly helpers: ReadonlyMap<string, string>
  /** The helper for everything else (`credsStore`). */
  readonly store: string | undefined
}

/** @throws CredentialError naming the file, and the entry where one is wrong. */
export function parseCredentialFile(text: string, path: string): CredentialFile {
  const json = text.trim() === '' ? {} : parseJson(text, path)
  // docker's oldest format, .dockercfg, is the `auths` object alone.
  const auths = json.auths ?? (looksLikeBareAuths(json) ? json : {})
  if (!isRecord(auths)) throw new CredentialError(`${path}: "auths" is not an object`)
  return {
    path,
    logins: byCanonicalKey(auths, (key, entry) => loginOf(entry, `${path}: entry "${key}"`)),
    helpers: byCanonicalKey(isRecord(json.credHelpers) ? json.credHelpers : {}, (_, name) =>
      stringOrUndefined(name),
    ),
    store: stringOrUndefined(json.credsStore) || undefined,
  }
}

function parseJson(text: string, path: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw new CredentialError(`${path} is not JSON`, {
      hint: 'a credential file looks like {"auths": {"quay.io": {"auth": "…"}}}; "skopeo login --authfile" writes one',
    })
  }
  if (!isRecord(value)) throw new CredentialError(`${path} is not a JSON object`)
  return value
}

function looksLikeBareAuths(json: Record<string, unknown>): boolean {
  const values = Object.values(json)
  return (
    values.length > 0 && values.every(value => isRecord(value) && ('auth' in value || 'username' in value))
  )
}

function byCanonicalKey<V>(
  entries: Record<string, unknown>,
  read: (key: string, value: unknown) => V | undefined,
): ReadonlyMap<string, V> {
  const found = new Map<string, V>()
  const plainLast = Object.keys(entries).sort((a, b) => Number(isLegacyKey(b)) - Number(isLegacyKey(a)))
  for (const key of plainLast) {
    const value = read(key, entries[key])
    if (value !== undefined) found.set(canonicalKey(key), value)
  }
  return found
}

function loginOf(entry: unknown, where: string): Login | undefined {
  if (!isRecord(entry)) throw new CredentialError(`${where} is not an object`)
  const identity = stringOrUndefined(entry.identitytoken)
  if (identity) return { kind: 'identity-token', token: new Secret(identity) }
  const registry = stringOrUndefined(entry.registrytoken)
  if (registry) return { kind: 'registry-token', token: new Secret(registry) }
  const auth = stringOrUndefined(entry.auth)
  if (auth) return loginOfAuth(auth, where)
  const username = stringOrUndefined(entry.username)
  const password = stringOrUndefined(entry.password)
  if (!username || password === undefined) return undefined
  return { kind: 'password', username, password: new Secret(password) }
}

function loginOfAuth(auth: string, where: string): Login {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0)
    throw new CredentialError(`${where}: "auth" is not the base64 form of "user:password"`, {
      hint: 'write the entry anew with "skopeo login" or "docker login"',
    })
  // docker pads some passwords with NUL bytes.
  const password = text.slice(colon + 1).replace(/\0+$/, '')
  return { kind: 'password', username: text.slice(0, colon), password: new Secret(password) }
}
