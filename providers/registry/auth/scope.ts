/** What a token allows (distribution's token specification, "Requesting a Token"): actions on repositories. */

export interface Scope {
  readonly repository: string
  /** `pull`, `pull,push`, `delete,pull,push`, `*` */
  readonly actions: string
}

export type Scopes = readonly Scope[]

export const PULL = 'pull'
export const PUSH = 'pull,push'

export function pullFrom(repository: string): Scopes {
  return [{ repository, actions: PULL }]
}

export function pushTo(repository: string): Scopes {
  return [{ repository, actions: PUSH }]
}

/** Exactly two scopes, the one written to first: some servers read only the first. */
export function mountInto(repository: string, from: string): Scopes {
  return [...pushTo(repository), ...pullFrom(from)]
}

/** `repository:ubi9/ubi:pull` */
export function formatScope({ repository, actions }: Scope): string {
  return `repository:${repository}:${actions}`
}

export function formatScopes(scopes: Scopes): readonly string[] {
  return scopes.map(formatScope)
}
