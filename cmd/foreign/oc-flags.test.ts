/** What becomes of oc's flags: the lists of the commands, and the page that tells of them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { UsageError } from '../../lib/errors.ts'
import { CATALOG_MIRROR_FLAGS } from './catalog-mirror-flags.ts'
import { shellLine } from './equivalent.ts'
import { flagNotes, type OcFlag, ownCommand, placeArguments, placeWords, readingWords } from './oc-flags.ts'
import { RELEASE_EXTRACT_FLAGS } from './release-extract-flags.ts'
import { RELEASE_MIRROR_FLAGS } from './release-mirror-flags.ts'

const PAGE = readFileSync(new URL('../../docs/migrate/from-oc-adm.md', import.meta.url), 'utf8')

/** `--flag` → its row, in the part of the page with this heading. */
function rowsBelow(heading: string): ReadonlyMap<string, string> {
  const part = PAGE.slice(PAGE.indexOf(heading)).split('\n### Flags\n')[1]?.split('\n## ')[0] ?? ''
  const rows = part.matchAll(/^\| `--([a-z-]+)`[^|]* \| (.*) \|$/gm)
  return new Map([...rows].map(([, name = '', told = '']) => [name, told]))
}

/** What is noted when one flag is given with a value of its type. */
function noteOf(flag: OcFlag): string {
  return flagNotes([flag], { [flag.name]: flag.option.type === 'boolean' ? true : 'x' }).join('\n')
}

for (const [heading, flags] of [
  ['## Releases', RELEASE_MIRROR_FLAGS],
  ['## Commands out of a release', RELEASE_EXTRACT_FLAGS],
  ['## Catalogs', CATALOG_MIRROR_FLAGS],
] as const)
  describe(`the flags of "${heading}"`, () => {
    const rows = rowsBelow(heading)

    it('are all in the table of the page, and no others', () => {
      assert.deepEqual([...rows.keys()].toSorted(), flags.map(({ name }) => name).toSorted())
    })

    for (const flag of flags)
      it(`--${flag.name} does what the page says`, () => {
        assert.ok(rows.get(flag.name)?.startsWith(flag.treatment.kind), rows.get(flag.name))
        switch (flag.treatment.kind) {
          case 'refused':
            assert.throws(() => noteOf(flag), UsageError)
            break
          case 'noted':
            assert.match(noteOf(flag), /has no effect/)
            break
          default:
            assert.equal(noteOf(flag), '')
        }
      })
  })

describe('places of a command line of oc', () => {
  const args = {
    json: false,
    logFormat: 'text',
    progress: 'none',
    insecure: false,
    srcTlsVerify: false,
    destTlsVerify: true,
    retryTimes: 5,
    certificateAuthority: 'my ca.crt',
  } as const

  it('have the authorities that --certificate-authority names, also in what is told', () => {
    assert.equal(placeArguments(args).certificateAuthority, 'my ca.crt')
    assert.deepEqual(readingWords(args), ['--src-tls-verify=false', '--certificate-authority=my ca.crt'])
    assert.equal(
      shellLine([...ownCommand('apply', args), ...placeWords(args, 'apply')]),
      "env 'NODE_EXTRA_CA_CERTS=my ca.crt' mirrorform apply --src-tls-verify=false",
    )
    assert.deepEqual(ownCommand('plan', { ...args, certificateAuthority: undefined }), ['mirrorform', 'plan'])
  })
})

describe('a flag', () => {
  it('given twice is an error, not the last of both', () => {
    assert.throws(() => flagNotes(RELEASE_MIRROR_FLAGS, { from: ['a', 'b'] }), /given twice: a and b/)
  })
})
