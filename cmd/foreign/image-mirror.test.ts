/** Command lines of `oc image mirror` that are refused before anybody is asked, and what becomes of each flag. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { MirrorformError, UsageError } from '../../lib/errors.ts'
import type { OutputArguments } from '../invocation.ts'
import { run } from './image-mirror.ts'
import { IMAGE_MIRROR_FLAGS, type ImageMirrorArguments } from './image-mirror-flags.ts'
import { flagNotes } from './oc-flags.ts'

const PLAIN: ImageMirrorArguments & OutputArguments = {
  json: false,
  logFormat: 'text',
  progress: 'none',
  dryRun: false,
  continueOnError: false,
  insecure: false,
  srcTlsVerify: true,
  destTlsVerify: true,
  retryTimes: 5,
}

function mirror(
  words: readonly string[],
  args: Pick<ImageMirrorArguments, 'filename' | 'state' | 'jsonInto' | 'filterByOs'> = {},
): Promise<number> {
  const output = { note: () => {} }
  return run({ ...PLAIN, words, ...args }, { output, stdin: process.stdin } as never)
}

describe('a command line is refused', () => {
  const TWO = ['q.io/a:1=m.local:5000/a', 'q.io/a:1=n.local:5000/a']
  for (const [why, words, args, problem] of [
    ['without a mapping', [], {}, /^neither SRC and DST nor a file with mappings was given/],
    [
      'with a word too many',
      ['q.io/a:1=m.local:5000/a', 'q.io/b'],
      {},
      /^command line:1:25: q\.io\/b stands alone/,
    ],
    [
      'with a digest that is none',
      ['q.io/a:1', 'm.local:5000/a@sha256:1'],
      {},
      /^command line:1:10: .*is not a digest/,
    ],
    ['with stdin twice', [], { filename: ['-,-'] }, /^stdin can be read once only/],
    ['with one state for two registries', TWO, { state: 's.json' }, /^--state is for one registry/],
    ['with one document for two registries', TWO, { jsonInto: 'x.json' }, /^--json-into is for one registry/],
    [
      'with an expression that is none',
      ['q.io/a:1=m.local:5000/a'],
      { filterByOs: 'linux/(' },
      /not a valid regular/,
    ],
  ] as const)
    it(why, () =>
      assert.rejects(
        mirror(words, args),
        error => error instanceof MirrorformError && problem.test(error.message),
      ),
    )
})

describe('the flags of oc image mirror', () => {
  const page = readFileSync(new URL('../../docs/migrate/from-oc-image-mirror.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `--([a-z0-9-]+)`[^|]* \| (.*) \|$/gm)].map(
    ([, name = '', told = '']) => ({
      name,
      told,
    }),
  )

  it('are all in the table of the page, and no others', () => {
    assert.deepEqual(
      rows.map(({ name }) => name).toSorted(),
      IMAGE_MIRROR_FLAGS.map(({ name }) => name).toSorted(),
    )
  })

  for (const flag of IMAGE_MIRROR_FLAGS)
    it(`--${flag.name} does what the page says`, () => {
      const { name, option, treatment } = flag
      const told = rows.find(row => row.name === name)?.told ?? ''
      const tell = () =>
        flagNotes(IMAGE_MIRROR_FLAGS, { [name]: option.type === 'boolean' ? true : 'x' }).join()
      assert.equal(
        /^(no effect|refused)/.exec(told)?.[0],
        { honoured: undefined, noted: 'no effect', refused: 'refused' }[treatment.kind],
      )
      if (treatment.kind === 'refused')
        assert.throws(tell, error => error instanceof UsageError && error.hint !== undefined)
      else assert.equal(tell().startsWith(`--${name} has no effect: `), treatment.kind === 'noted')
    })
})
