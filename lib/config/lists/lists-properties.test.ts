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

it('a login or a token in an address of hauler is nowhere in the image set and in no message', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._~-]{9,20}$/), word => {
      const secret = `pw-${word}`
      const charts = [
        { name: 'a', repoURL: `https://bob:${secret}@h.example/x?token=${secret}` },
        { name: `oci://bob:${secret}@h.example/x/y` },
        { name: 'b', repoURL: `ftp://bob:${secret}@h.example/x` },
      ]
      const files = [{ path: `https://bob:${secret}@h.example/f?token=${secret}` }]
      const images = [{ name: `bob:${secret}@h.example/x:1` }, { name: 'q.io/a/b:1' }]
      const documents = Object.entries({ Charts: { charts }, Files: { files }, Images: { images } })
      const { text, left } = imported(
        documents
          .map(([kind, spec]) => JSON.stringify({ apiVersion: 'content.hauler.cattle.io/v1', kind, spec }))
          .join('\n---\n'),
      )
      assert.ok(![text, ...left].join('\n').includes(secret), text)
      assert.match(text, /url: https:\/\/h\.example\/x\n/)
    }),
    { numRuns: 60 },
  )
})
