/** What an image reference is, in all the ways people write one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SyntaxFault } from '../errors.ts'
import { type Digest, parseDigest } from './digest.ts'
import {
  digestTag,
  formatReference,
  inheritedTag,
  isHost,
  isRepositoryPath,
  isTag,
  parseReference,
  parseRepositoryPath,
  parseTag,
  pullBy,
  type Reference,
  withDefaultTag,
} from './reference.ts'

const SHA256 = `sha256:${'ab'.repeat(32)}`
const SHA512 = `sha512:${'cd'.repeat(64)}`

const READ: readonly (readonly [text: string, canonical: string])[] = [
  ['alpine', 'docker.io/library/alpine'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20'],
  [`alpine@${SHA256}`, `docker.io/library/alpine@${SHA256}`],
  ['acme/app', 'docker.io/acme/app'],
  ['a/b/c', 'docker.io/a/b/c'],
  ['docker.io/alpine', 'docker.io/library/alpine'],
  ['docker.io/library/alpine', 'docker.io/library/alpine'],
  ['index.docker.io/acme/app:1', 'docker.io/acme/app:1'],
  ['registry-1.docker.io/alpine:1', 'docker.io/library/alpine:1'],
  ['docker://quay.io/a/b:1', 'quay.io/a/b:1'],
  ['quay.io/a', 'quay.io/a'],
  ['localhost/a', 'localhost/a'],
  ['localhost:5000/a', 'localhost:5000/a'],
  ['localhost:5000', 'docker.io/library/localhost:5000'],
  ['registry:5000/a/b:1', 'registry:5000/a/b:1'],
  ['REGISTRY/a', 'REGISTRY/a'],
  ['10.0.0.1:5000/a:1', '10.0.0.1:5000/a:1'],
  ['[::1]/a', '[::1]/a'],
  ['[fd00::1]:5000/a/b:1', '[fd00::1]:5000/a/b:1'],
  [`quay.io:443/a/b:1@${SHA256}`, `quay.io:443/a/b:1@${SHA256}`],
  [`quay.io:443/a/b@${SHA512}`, `quay.io:443/a/b@${SHA512}`],
  ['quay.io/a__b/c-d.e/f---g:_x', 'quay.io/a__b/c-d.e/f---g:_x'],
]

describe('an image reference', () => {
  for (const [text, canonical] of READ)
    it(`${text} means ${canonical}`, () => assert.equal(formatReference(parseReference(text)), canonical))

  const REFUSED: readonly (readonly [text: string, reason: RegExp])[] = [
    ['', /"library\/" is not a repository path/],
    ['quay.io/', /"" is not a repository path/],
    ['quay.io/a//b', /is not a repository path/],
    ['quay.io/A', /"A" is not a repository path/],
    ['quay.io/a:', /"" is not a tag/],
    ['quay.io/a:-x', /"-x" is not a tag/],
    [`quay.io/a:${'t'.repeat(129)}`, /is not a tag/],
    ['quay.io/a@', /"" is not a digest/],
    ['quay.io/a@sha256:ab', /"sha256:ab" is not a digest/],
    [`quay.io/a@${SHA256.toUpperCase()}`, /is not a digest/],
    [`quay.io/a@${SHA256}@${SHA256}`, /is not a digest/],
    [`quay.io/a@${SHA256}:tag`, /is not a digest/],
    ['-bad.io/a', /"-bad.io" is not a host/],
    ['quay.io:port/a', /"quay.io:port" is not a host/],
    ['[::1/a', /is not a host/],
    ['https://quay.io/a', /unknown transport "https:\/\/"/],
    ['quay.io/a b', /is not a repository path/],
    ['quay.io/a..b', /is not a repository path/],
    [`quay.io/${'a'.repeat(256)}`, /is not a repository path/],
  ]
  for (const [text, reason] of REFUSED)
    it(`${text.slice(0, 40) || 'of nothing'} is refused with the part that is wrong`, () => {
      assert.throws(
        () => parseReference(text),
        (error: Error) => error instanceof SyntaxFault && reason.test(error.message),
      )
    })

  it('hints at the upper case of a path', () => {
    assert.throws(() => parseReference('quay.io/Acme/app'), { hint: 'repository paths are lower-case' })
    assert.throws(() => parseRepositoryPath('Acme'), { hint: 'repository paths are lower-case' })
  })

  it('reads back as it is written', () => {
    fc.assert(
      fc.property(references(), reference => {
        assert.deepEqual(parseReference(formatReference(reference)), reference)
      }),
    )
  })

  it('is canonical: what is read and written once stays the same', () => {
    fc.assert(
      fc.property(almostReferences(), text => {
        const reference = readOrUndefined(text)
        if (reference === undefined) return
        assert.deepEqual(parseReference(formatReference(reference)), reference)
        assert.ok(isHost(reference.host) && isRepositoryPath(reference.path))
        assert.ok(reference.tag === undefined || isTag(reference.tag))
      }),
      { numRuns: 2000 },
    )
  })

  it('of any text at all is read or refused with a SyntaxFault', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), almostReferences()), text => {
        readOrUndefined(text)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what an image is pulled by', () => {
  it('is the digest, else the tag, else latest', () => {
    assert.equal(pullBy(parseReference(`a:1@${SHA256}`)), SHA256)
    assert.equal(pullBy(parseReference('a:1')), '1')
    assert.equal(pullBy(parseReference('a')), 'latest')
  })

  it('is said by the default tag, which only a reference without tag and digest gets', () => {
    assert.equal(formatReference(withDefaultTag(parseReference('a'))), 'docker.io/library/a:latest')
    assert.equal(formatReference(withDefaultTag(parseReference('a:1'))), 'docker.io/library/a:1')
    assert.equal(
      formatReference(withDefaultTag(parseReference(`a@${SHA256}`))),
      `docker.io/library/a@${SHA256}`,
    )
  })
})

describe('a tag', () => {
  it('has up to 128 characters', () => {
    assert.equal(parseTag('a'.repeat(128)).length, 128)
    assert.throws(() => parseTag('a'.repeat(129)), SyntaxFault)
    assert.throws(() => parseTag(''), SyntaxFault)
  })

  it('made from a digest has a dash for its colon', () => {
    assert.equal(digestTag(parseDigest(SHA256)), SHA256.replace(':', '-'))
  })

  it('is inherited: its own, else one by its digest, which is cut where oc-mirror cuts it, else latest', () => {
    const SHA512 = parseDigest(`sha512:${'ab'.repeat(64)}`)
    assert.equal(inheritedTag({ tag: parseTag('v1'), digest: SHA512 }), 'v1')
    assert.equal(inheritedTag({ digest: parseDigest(SHA256) }), SHA256.replace(':', '-'))
    assert.equal(inheritedTag({ digest: SHA512 }), SHA512.replace(':', '-').slice(0, 127))
    assert.equal(inheritedTag({}), 'latest')
  })
})

function readOrUndefined(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    assert.ok(error instanceof SyntaxFault, String(error))
    return undefined
  }
}

function references(): fc.Arbitrary<Reference> {
  const component = fc.stringMatching(/^[a-z0-9]{1,5}((\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/)
  const path = fc.array(component, { minLength: 2, maxLength: 4 }).map(parts => parts.join('/'))
  const host = fc.oneof(
    fc.constantFrom('docker.io', 'quay.io', 'localhost', 'localhost:5000', '[::1]:5000', '[fd00::2]'),
    fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,2}(:[0-9]{1,5})?$/),
  )
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/), { nil: undefined })
  const digest = fc.option(
    fc.oneof(fc.stringMatching(/^sha256:[0-9a-f]{64}$/), fc.stringMatching(/^sha512:[0-9a-f]{128}$/)),
    { nil: undefined },
  )
  return fc.tuple(host, path, tag, digest).map(([at, repository, named, pinned]) => ({
    host: at,
    path: parseRepositoryPath(repository),
    ...(named !== undefined && { tag: parseTag(named) }),
    ...(pinned !== undefined && { digest: pinned as Digest }),
  }))
}

/** Texts made of the pieces references are made of. */
function almostReferences(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...[
      'a',
      'B',
      '0',
      '.',
      '_',
      '-',
      '/',
      ':',
      '@',
      '[',
      ']',
      '::1',
      'quay.io',
      'docker.io',
      'localhost',
      '5000',
    ],
    ...['docker://', 'oci://', 'sha256:', SHA256, SHA512, 'library', ' ', 'é', '\n'],
  )
  return fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))
}
