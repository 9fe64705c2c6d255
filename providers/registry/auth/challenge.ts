/**
 * Reads `WWW-Authenticate` (RFC 9110 section 11.6.1): several challenges in one header or in several, quoted values
 * that hold commas, and parameters without quotes.
 */

export interface Challenge {
  /** lower case: `bearer`, `basic` */
  readonly scheme: string
  /** names in lower case */
  readonly parameters: Readonly<Record<string, string>>
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const SEPARATORS = /[\s,]*/y
const EQUALS = /\s*=\s*/y
/** `Negotiate YII=`: one value (RFC 9110 "token68") instead of parameters. */
const OPAQUE = /\s+[A-Za-z0-9._~+/-]+=+(?=\s*(?:,|$))/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/y
const BARE = /[^\s,"]*/y

/** Challenges in the order they come; text that is no challenge ends the reading of its header. */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const headers = header === undefined ? [] : typeof header === 'string' ? [header] : header
  return headers.flatMap(parseHeader)
}

function parseHeader(text: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  for (;;) {
    take(SEPARATORS)
    const name = take(TOKEN)?.[0]
    if (name === undefined) return challenges
    const current = challenges.at(-1)
    if (current !== undefined && take(EQUALS) !== null) {
      current.parameters[name.toLowerCase()] =
        take(QUOTED)?.[1]?.replace(/\\(.)/g, '$1') ?? take(BARE)?.[0] ?? ''
      continue
    }
    challenges.push({ scheme: name.toLowerCase(), parameters: {} })
    take(OPAQUE)
  }
}
