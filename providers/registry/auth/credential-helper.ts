/**
 * Asks a credential helper, `docker-credential-<name> get`, for one server's login (docker's credential helper
 * protocol: the server's name on stdin, `{"Username": …, "Secret": …}` on stdout).
 */
import { spawn } from 'node:child_process'
import { isRecord, stringOrUndefined } from '../../../lib/oci/json.ts'
import { CredentialError } from './credential-file.ts'
import type { Login } from './login.ts'
import { Secret } from './secret.ts'

/** How long a helper may take, milliseconds: it may have to ask a keyring or a cloud. */
const HELPER_TIMEOUT = 30_000
/** A helper's user name for a secret that is an identity token. */
const TOKEN_USERNAME = '<token>'

/** @returns undefined when the helper knows nothing of the server. @throws CredentialError when it cannot be asked. */
export async function askHelper(
  name: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<Login | undefined> {
  const program = `docker-credential-${name}`
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw new CredentialError(`"${name}" is not the name of a credential helper`)
  const { status, output } = await run(program, server, env)
  if (status !== 0) {
    if (/not found|no credentials/i.test(output)) return undefined
    throw new CredentialError(`${program} failed (exit code ${status}) for ${server}`, {
      hint: `run: echo ${server} | ${program} get`,
    })
  }
  let answer: unknown
  try {
    answer = JSON.parse(output)
  } catch {
    throw new CredentialError(`${program} did not answer with JSON for ${server}`)
  }
  const username = isRecord(answer) ? stringOrUndefined(answer.Username) : undefined
  const secret = isRecord(answer) ? stringOrUndefined(answer.Secret) : undefined
  if (username === undefined || !secret) return undefined
  return username === TOKEN_USERNAME
    ? { kind: 'identity-token', token: new Secret(secret) }
    : { kind: 'password', username, password: new Secret(secret) }
}

function run(
  program: string,
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
    const impatience = setTimeout(() => child.kill(), HELPER_TIMEOUT)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', cause => {
      clearTimeout(impatience)
      reject(
        new CredentialError(`${program} cannot be started`, {
          cause,
          hint: 'a credential file names it: install it on the PATH, or remove it from "credHelpers" or "credsStore"',
        }),
      )
    })
    child.on('close', status => {
      clearTimeout(impatience)
      resolve({ status, output: Buffer.concat(chunks).toString('utf8') })
    })
    // A helper that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
