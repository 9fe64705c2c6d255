/** What errors quote: never a login, whatever somebody typed; references and digests as they are. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { UsageError, withoutLogins } from './errors.ts'

describe('an error', () => {
  it('repeats no login of an address or a reference, in its message or its hint', () => {
    const login = fc.stringMatching(/^[A-Za-z0-9._~!$&*+,;-]{3,12}$/).map(word => `pw-${word}`)
    const address = fc.constantFrom('https://bob:', 'http://', 'docker://bob:', 'oci://bob:', 'bob:', '"bob:')
    fc.assert(
      fc.property(login, address, (secret, start) => {
        const text = `cannot read ${start}${secret}@host.example:5000/a/b:1`
        const { message, hint } = new UsageError(text, { hint: text })
        assert.ok(!`${message} ${hint}`.includes(secret), message)
        assert.match(message, /…@host\.example:5000\/a\/b:1$/)
        assert.equal(withoutLogins(message), message)
      }),
      { numRuns: 200 },
    )
  })

  const PLAIN = [
    `quay.io/a/b:1@sha256:${'a'.repeat(64)} is gone`,
    `docker://host:5000/a@sha512:${'b'.repeat(128)}`,
    `"oci://folder:1@sha256:${'a'.repeat(64)}"`,
    'file:///media/disc@home/a, write to ops@example.com: today',
    'signed by release@redhat.com at https://host/a@b',
  ]
  for (const text of PLAIN)
    it(`says ${text} as it is`, () => assert.equal(new UsageError(text).message, text))
})
