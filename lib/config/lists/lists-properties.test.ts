/** Lists of other tools, whatever is in them: the image set is valid, complete, and holds no secret. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { imported } from '../../../testdata/imported-list.ts'

it('whatever is in a list of references, the image set is valid and names each image once', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const reference = fc
    .tuple(part, part, part)
    .map(([host, path, tag]) => `${host}.example:5000/${path}/x:${tag}`)
  const line = fc.oneof({ weight: 4, arbitrary: reference }, { weight: 1, arbitrary: fc.string() })
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), lines => {
      const { images } = imported(lines.join('\n'), { format: 'list' })
      assert.equal(new Set(images).size, images.length)
      const wanted = lines.filter(text => /^[a-z0-9]+\.example:5000\/[a-z0-9]+\/x:[a-z0-9]+$/.test(text))
      for (const each of wanted) assert.ok(images.includes(each), each)
    }),
    { numRuns: 150 },
  )
})

it('whatever a password is, it is nowhere in the image set and in no message', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z!-~]{9,20}$/), password => {
      const secret = `pw-${password}`
      const login = JSON.stringify({ username: 'john', password: secret })
      const skopeo = imported(`q.io:\n  credentials: ${login}\n  images: {a: ["1"]}\n`)
      const creds = JSON.stringify([{ registry: 'r.lan', user: 'john', pass: secret }])
      const regsync = imported(`creds: ${creds}\nsync: [{source: "a:1", target: "r.lan/a:1", type: image}]\n`)
      for (const { text, left } of [skopeo, regsync]) assert.ok(![text, ...left].join('\n').includes(secret))
    }),
    { numRuns: 60 },
  )
})
