/** What the tests of logins share: a password that must never show, and registries that want a token. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { inspect } from 'node:util'
import { hintOf } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { type Asked, type Handler, type Reply, registryError } from './scripted-registry.ts'

export const PASSWORD = 'c4n4ry-p4ssword'
export const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`
export const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
})
export const FOUND: Reply = {
  headers: {
    'content-type': 'application/vnd.oci.image.index.v1+json',
    'docker-content-digest': digestOf(MANIFEST),
    'content-length': String(MANIFEST.length),
  },
  body: MANIFEST,
}

export function authFile(t: TestEnd, host: string, entry: unknown = { auth: BASIC.slice(6) }): string {
  const file = path.join(temporaryFolder(t), 'auth.json')
  writeFileSync(file, JSON.stringify({ auths: { [host]: entry } }))
  return file
}

export interface TokenServer {
  readonly handler: Handler
  readonly issued: string[]
  readonly logins: string[]
}

/** A registry with a token endpoint of its own. `accepts` says whether a token serves a request. */
export function tokenRegistry(
  answer: (asked: Asked, count: number) => Reply | Promise<Reply>,
  accepts: (token: string, asked: Asked) => boolean,
  serve: Handler = () => FOUND,
): TokenServer {
  const issued: string[] = []
  const logins: string[] = []
  const handler: Handler = async (asked, raw) => {
    if (asked.path === '/token') {
      logins.push(`${asked.method} ${asked.headers.authorization ?? 'anonymous'}`)
      issued.push(asked.query.getAll('scope').join(' '))
      return answer(asked, issued.length)
    }
    const token = asked.headers.authorization?.replace(/^Bearer /, '')
    if (token !== undefined && asked.url !== '/v2/' && accepts(token, asked)) return serve(asked, raw)
    return {
      ...registryError(401, 'UNAUTHORIZED', 'authentication required'),
      headers: {
        'www-authenticate': `Bearer realm="http://${asked.headers.host}/token",service="reg, one",scope=""`,
      },
    }
  }
  return { handler, issued, logins }
}

/** What a failure says, after making sure that no secret is in it. */
export async function failure(work: Promise<unknown>): Promise<{ text: string; hint: string }> {
  try {
    await work
  } catch (error) {
    assert.doesNotMatch(
      inspect(error, { depth: 20, showHidden: true }),
      new RegExp(`${PASSWORD}|${BASIC.slice(6)}`),
    )
    return { text: String(error), hint: hintOf(error) ?? '' }
  }
  throw new Error('it worked')
}
