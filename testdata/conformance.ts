/**
 * What the tables of distribution-spec requirements share: a registry that holds one image, asked with plain `fetch`.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { type Built, buildImage, bytesFromSeed } from './images.ts'
import { pushToServer } from './push.ts'
import { startTestRegistry } from './test-registry.ts'

/** Held by every registry as `acme/app:v1`. */
export const IMAGE = buildImage({ seed: 'conformance' })
export const REPOSITORY = 'acme/app'
/** A blob that is pushed by the tests. */
export const BLOB = bytesFromSeed('blob', 5000)
export const BLOB_DIGEST = digestOf(BLOB)
/** The digest of something that is nowhere. */
export const NOWHERE = digestOf('nothing')

export interface Registry {
  ask(method: string, path: string, init?: RequestInit): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  /** Of the first error. */
  readonly code: string | undefined
}

/** One requirement in the words of the specification, and how it is checked. */
export type Rule = readonly [requirement: string, check: (registry: Registry) => Promise<void>]

export function testRules(rules: readonly Rule[]): void {
  for (const [requirement, check] of rules)
    test(`distribution-spec: ${requirement}`, async t => {
      const server = await startTestRegistry(t)
      await pushToServer(server.url, REPOSITORY, 'v1', IMAGE)
      await check({ ask: (method, path, init) => ask(server.url, method, path, init) })
    })
}

async function ask(url: string, method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, { ...init, method })
  const bytes = Buffer.from(await response.arrayBuffer())
  const code = response.status < 400 || bytes.length === 0 ? undefined : errorCode(bytes)
  return { status: response.status, headers: response.headers, bytes, code }
}

function errorCode(bytes: Buffer): string | undefined {
  const { errors } = JSON.parse(bytes.toString()) as { errors: { code: string; message: string }[] }
  assert.ok(errors[0]?.message)
  return errors[0].code
}

export async function refused(asked: Promise<Answer>, status: number, code: string): Promise<void> {
  const answer = await asked
  assert.deepEqual([answer.status, answer.code], [status, code])
}

export type Ask = Registry['ask']

export function put(ask: Ask, repository: string, reference: string, image: Built): Promise<Answer> {
  const { mediaType, bytes } = image.manifest
  const init = { headers: { 'content-type': mediaType }, body: Buffer.from(bytes) }
  return ask('PUT', `/v2/${repository}/manifests/${reference}`, init)
}

export function location(answer: Answer): string {
  return answer.headers.get('location') ?? ''
}

export function withDigest(place: string, digest: Digest): string {
  return `${place}?digest=${digest}`
}

export function firstBlob(image: Built): readonly [Digest, Uint8Array] {
  const [first] = image.blobs
  assert.ok(first)
  return first
}

export function json(answer: Answer): unknown {
  return JSON.parse(answer.bytes.toString())
}
