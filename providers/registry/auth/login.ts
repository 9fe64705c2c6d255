/** What a credential file or helper can hold for a registry, and the name by which such files know a registry. */
import { DOCKER_HUB } from '../../../lib/oci/reference.ts'
import type { Secret } from './secret.ts'

export type Login =
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  /** A refresh token: exchanged for access tokens at the token endpoint (OAuth2, RFC 6749 section 6). */
  | { readonly kind: 'identity-token'; readonly token: Secret }
  /** Sent as it is, as a bearer token. */
  | { readonly kind: 'registry-token'; readonly token: Secret }

export interface FoundLogin {
  readonly login: Login
  /** Where it was found, for hints: `/home/user/.docker/config.json (entry quay.io)`. */
  readonly origin: string
  /** The helper's answer that it is, where it is one: a helper may give a newer one later. */
  readonly answer?: string
}

/** Whether two logins say the same. */
export function isSameLogin(a: Login, b: Login): boolean {
  if (a.kind === 'password')
    return b.kind === 'password' && a.username === b.username && a.password.reveal() === b.password.reveal()
  return a.kind === b.kind && a.token.reveal() === b.token.reveal()
}

/** The server name that the docker tool stores Docker Hub's credentials under. */
export const DOCKER_HUB_SERVER = 'https://index.docker.io/v1/'

const HUB_HOSTS: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/**
 * `https://index.docker.io/v1/` → `docker.io`, `https://host:5000/v1` → `host:5000`, `quay.io/acme/` → `quay.io/acme`.
 *
 * A key with a scheme is of the docker tool's old kind and names a whole host; one without may name a path
 * (containers-auth.json(5)).
 */
export function canonicalKey(key: string): string {
  const withoutScheme = key.replace(/^https?:\/\//, '')
  const bare =
    withoutScheme === key ? key.replace(/^([^/]+)\/v[12]\/?$/, '$1') : withoutScheme.replace(/\/.*$/, '')
  const trimmed = bare.replace(/\/+$/, '')
  const slash = trimmed.indexOf('/')
  const host = slash < 0 ? trimmed : trimmed.slice(0, slash)
  return HUB_HOSTS.has(host) ? `${DOCKER_HUB}${slash < 0 ? '' : trimmed.slice(slash)}` : trimmed
}

/** A key of the old kind loses against one that names the host plainly. */
export function isLegacyKey(key: string): boolean {
  return canonicalKey(key) !== key.replace(/\/+$/, '')
}

/** `quay.io/a/b` → `quay.io/a/b`, `quay.io/a`, `quay.io`: what may have an entry of its own, longest first. */
export function lookupKeys(name: string): readonly string[] {
  const parts = name.split('/')
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('/'))
}
