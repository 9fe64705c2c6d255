import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSigner } from '../../../../testdata/release-signing.ts'
import { hintOf, PlanError } from '../../../errors.ts'
import { keysOf, parseKeyring } from './keyring.ts'

const FILE = '/etc/mirror/keys.asc'
const first = await createSigner('first')
const second = await createSigner('second')

async function fingerprintsIn(text: string): Promise<readonly string[]> {
  const keys = await keysOf(await parseKeyring(text, FILE))
  return keys.map(key => key.getFingerprint().toUpperCase())
}

describe('a file with keys', () => {
  it('may hold several blocks, with explanations around them', async () => {
    const text = `Keys of our team\n\n${first.armoredPublicKey}\nand\n${second.armoredPublicKey}\n`
    assert.deepEqual(await fingerprintsIn(text), [first.fingerprint, second.fingerprint])
  })

  it('may lack the empty line before a key and have the ends of lines of Windows', async () => {
    const lines = first.armoredPublicKey.split(/\r?\n/)
    const [begin = '', ...rest] = lines.filter(line => line !== '')
    assert.deepEqual(await fingerprintsIn([begin, ...rest].join('\n')), [first.fingerprint])
    assert.deepEqual(await fingerprintsIn(lines.join('\r\n')), [first.fingerprint])
    assert.deepEqual(await fingerprintsIn([begin, 'Version: GnuPG v1.4.5', '', ...rest].join('\n')), [
      first.fingerprint,
    ])
  })

  const bad: readonly (readonly [what: string, text: string, said: RegExp, hint: RegExp])[] = [
    ['nothing', '', /keys\.asc holds no public key/, /--armor --export/],
    ['a web page', '<html>login</html>', /keys\.asc holds no public key/, /--armor --export/],
    [
      'a private key',
      first.armoredPrivateKey,
      /holds no public key/,
      /private key, which does not belong here/,
    ],
    ['a block that does not end', first.armoredPublicKey.slice(0, 200), /key block 1 .*cut off/, /anew/],
    [
      'a block that is no key',
      first.armoredPublicKey.replace(/\n[A-Za-z0-9+/]{40,}/, '\nAAAA'),
      /key block 1/,
      /anew/,
    ],
    [
      'a good block and a bad one',
      `${first.armoredPublicKey}${first.armoredPublicKey.slice(0, 200)}`,
      /block 2/,
      /anew/,
    ],
  ]
  for (const [what, text, said, hint] of bad)
    it(`with ${what} is an error that names the file`, async () => {
      await assert.rejects(parseKeyring(text, FILE), (error: unknown) => {
        assert.ok(error instanceof PlanError)
        assert.match(error.message, said)
        assert.match(hintOf(error) ?? '', hint)
        assert.ok(error.message.includes(FILE))
        return true
      })
    })
})
