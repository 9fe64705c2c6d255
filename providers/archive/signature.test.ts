/** Signatures of archives, held against a program that is not ours. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { writeArchive } from '../../testdata/archives.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openArchive } from './index.ts'

const run = promisify(execFile)
const IMAGES = { 'acme/tool:1.0': buildImage({ seed: 'tool' }) }

for (const [what, { privateKey, publicKey }] of [
  ['an Ed25519 key', generateKeyPairSync('ed25519')],
  ['an ECDSA key', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 2048 })],
] as const)
  test(`openssl checks the signature by ${what} as well`, { skip: skipWithout('openssl') }, async t => {
    const folder = temporaryFolder(t)
    const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const verifyKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    await writeArchive(folder, IMAGES, { signingKey })
    assert.equal((await openArchive(folder, { verifyKey })).isVerified, true)
    const key = path.join(temporaryFolder(t), 'key.pub')
    writeFileSync(key, verifyKey)
    const [file, signature] = ['archive.json', 'archive.json.sig'].map(name => path.join(folder, name))
    assert.ok(file && signature)
    const { stdout } = await run(
      'openssl',
      privateKey.asymmetricKeyType === 'ed25519'
        ? ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', file, '-sigfile', signature]
        : ['dgst', '-sha256', '-verify', key, '-signature', signature, file],
    )
    assert.match(stdout, /Verified (Successfully|OK)/)
  })
