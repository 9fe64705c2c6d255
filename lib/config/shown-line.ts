/**
 * A line of an input file as a message may quote it: without the logins that stand in addresses, in their queries, and behind
 * the keys that other tools keep them under.
 */
import { withoutLogins } from '../errors.ts'

const LOGIN = /((?:https?|ftp):\/\/)\S+@(?!sha(?:256|512):)/g
const QUERY = /(:\/\/[^\s"'?]*\?)[^\s"']+/g
/** As skopeo, regsync, hauler and credential files call them. */
const SECRET_KEY =
  /((?:^|[\s{,"'])(?:auth|identitytoken|pass|password|secret|token|user|username)["']?\s*:\s*)\S.*$/i

/** A whole file as it may travel: addresses of the web in it without logins and queries, all else as it is. */
export function withoutAddressSecrets(text: string): string {
  return text.replace(/(https?:\/\/)[^\s/"']+@/g, '$1…@').replace(/(https?:\/\/[^\s"'?#]*\?)[^\s"']+/g, '$1…')
}

/** `  password: hunter2` → `  password: …`; what stands before a secret keeps its column. */
export function shownLine(line: string): string {
  return withoutLogins(line.replace(SECRET_KEY, '$1…').replace(LOGIN, '$1…@').replace(QUERY, '$1…'))
}
