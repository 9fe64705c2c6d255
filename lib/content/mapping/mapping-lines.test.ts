/** Lines of mapping files: what they ask for, and what is wrong with those that cannot be read. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '../../config/index.ts'
import { shownLine } from '../../config/shown-line.ts'
import { parseTarget } from '../../target.ts'
import { hostsOf, insideTarget, type Mapping, parseMappings } from './index.ts'
import { tagPattern } from './mapping-source.ts'
import { destinationTag } from './meetings.ts'

const HEX = 'ab'.repeat(32)
const D = `sha256:${HEX}`
const M = 'mirror.local:5000'

function parse(text: string, fileRoot?: string): readonly Mapping[] {
  return parseMappings([{ path: 'm.txt', text }], { fileRoot })
}

/** `source tags -> host/path:tag` */
function told(mapping: Mapping): string {
  const { source, destination } = mapping
  const from =
    source.source.kind === 'layout'
      ? `oci:${source.source.folder}:${source.source.tag ?? ''}`
      : JSON.stringify(source.source.reference).replace(HEX, 'HEX')
  const tag = destinationTag(mapping)?.replace(HEX, 'HEX') ?? `[${source.tags}]`
  return `${from} -> ${destination.host}/${destination.path}:${tag}`
}

const at = (host: string, path: string, more: object) => JSON.stringify({ host, path, ...more })

const LINES: readonly (readonly [sentence: string, line: string, expected: readonly string[]])[] = [
  ['a tag is inherited', `q.io/a/b:v1 ${M}/a/b`, [`${at('q.io', 'a/b', { tag: 'v1' })} -> ${M}/a/b:v1`]],
  [
    'one source goes to several places',
    `q.io/a:1 ${M}/a ${M}/bak/a:x`,
    [`${at('q.io', 'a', { tag: '1' })} -> ${M}/a:1`, `${at('q.io', 'a', { tag: '1' })} -> ${M}/bak/a:x`],
  ],
  [
    'several pairs stand in one line',
    `q.io/a:1=${M}/a q.io/b:2=${M}/b:3`,
    [`${at('q.io', 'a', { tag: '1' })} -> ${M}/a:1`, `${at('q.io', 'b', { tag: '2' })} -> ${M}/b:3`],
  ],
  [
    'a digest gets the tag of the destination',
    `q.io/a@${D}=${M}/a:v1`,
    [`${at('q.io', 'a', { digest: 'sha256:HEX' })} -> ${M}/a:v1`],
  ],
  [
    'a digest alone becomes its own tag',
    `q.io/a@${D} ${M}/a`,
    [`${at('q.io', 'a', { digest: 'sha256:HEX' })} -> ${M}/a:sha256-HEX`],
  ],
  ['all tags', `q.io/a:* ${M}/a`, [`${at('q.io', 'a', {})} -> ${M}/a:[*]`]],
  ['no tag means all tags', `q.io/a ${M}/a`, [`${at('q.io', 'a', {})} -> ${M}/a:[*]`]],
  ['some tags', `q.io:5000/a:4.12.1-* ${M}/a`, [`${at('q.io:5000', 'a', {})} -> ${M}/a:[4.12.1-*]`]],
  [
    'oc-mirror v2 writes transports',
    `docker://q.io/a:1=docker://${M}/ns/a:1`,
    [`${at('q.io', 'a', { tag: '1' })} -> ${M}/ns/a:1`],
  ],
  ['oc-mirror v1 has layouts', `oci:///srv/x:v3=${M}/x:v3`, [`oci:/srv/x:v3 -> ${M}/x:v3`]],
  [
    'a comment ends the line, tabs part words',
    `q.io/a:1\t${M}/a # x=y`,
    [`${at('q.io', 'a', { tag: '1' })} -> ${M}/a:1`],
  ],
  [
    'Docker Hub is a source',
    `alpine:3 ${M}/alpine`,
    [`${at('docker.io', 'library/alpine', { tag: '3' })} -> ${M}/alpine:3`],
  ],
  ['oc has folders', 'q.io/a:1 file:///a/b', [`${at('q.io', 'a', { tag: '1' })} -> file:///a/b:1`]],
  ['nothing', '  # nothing\r', []],
]

describe('a line of a mapping file', () => {
  for (const [sentence, line, expected] of LINES)
    test(sentence, () => assert.deepEqual(parse(line).map(told), expected))

  test('names files below the folder that oc image mirror wrote', () => {
    const [one, all] = parse(`file://openshift/release:4.12 ${M}/r\nfile:///o/s:4.1* ${M}/s`, '/media/m/')
    assert.equal(one && told(one), `oci:/media/m/v2/openshift/release:4.12 -> ${M}/r:4.12`)
    assert.equal(all && told(all), `oci:/media/m/v2/o/s: -> ${M}/s:[4.1*]`)
  })
})

const FAULTS: readonly (readonly [line: string, column: number, message: RegExp])[] = [
  ['q.io/a:1', 1, /goes nowhere/],
  [`q.io/a:1=${M}/a q.io/b`, 30, /q\.io\/b stands alone among words with "="/],
  [`=${M}/a`, 1, /lacks its source/],
  ['q.io/a:1=', 1, /lacks its destination/],
  [`  q.io/a:1 ${M}/a@${D}`, 12, /has a digest/],
  [`q.io/a:* ${M}/a:v1`, 10, /may be several images/],
  [`q.io/a*:1 ${M}/a`, 1, /wildcard outside its tag/],
  [`q.io/*@${D} ${M}/a`, 1, /a wildcard and a digest/],
  [`q.io/a:1 myhost/ns/a:1`, 10, /"myhost" has neither a dot nor a port/],
  [`q.io/a:1 myhost:5000`, 10, /names no repository at a registry/],
  [`registry.example:5000 ${M}/a`, 1, /names a registry and no image/],
  ['q.io/a:1 oci://a/b:1', 10, /is a folder of one image/],
  ['q.io/a:1 s3://s3.example/r/bkt/a:1', 10, /is in S3/],
  [`file://a/b:1 ${M}/a`, 1, /nothing says in which/],
]

describe('a line that cannot be read', () => {
  for (const [line, column, message] of FAULTS)
    test(`${line.replace(HEX, '…')} is refused at column ${column}, with a hint`, () => {
      assert.throws(
        () => parse(`# first\n${line}`),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError)
          assert.deepEqual(
            error.problems.map(problem => [problem.line, problem.column, typeof problem.hint]),
            [[2, column, 'string']],
          )
          assert.match(error.message, message)
          return true
        },
      )
    })

  test('the same content twice is there once, whichever registry it is from; an image at its destination stays', () => {
    const mappings = parse(`q.io/a@${D}=${M}/a:1\nr.io/a@${D}=${M}/a:1\n${M}/g:1=${M}/g:1`)
    assert.equal(mappings.length, 2)
    const { inside, own } = insideTarget(parseTarget(`docker://${M}`), mappings)
    assert.deepEqual(
      [inside, own].map(each => each.map(({ source }) => source.name)),
      [[`q.io/a@${D}`], [`${M}/g:1`]],
    )
  })

  test('all files are told together, and two sources at one place with the line of the first', () => {
    assert.throws(
      () =>
        parseMappings([
          { path: 'a.txt', text: `q.io/a:1=${M}/a:1\nlonely` },
          { path: 'b.txt', text: `q.io/b:1=${M}/a:1\nq.io/a:1=${M}/a:1` },
        ]),
      /a\.txt:2:1: lonely[\s\S]*b\.txt:1:10: mirror\.local:5000\/a:1 gets q\.io\/a:1 already \(a\.txt:1\)/,
    )
  })
})

test('a wildcard is anchored, and nothing else in it is special', () => {
  const isMeant = tagPattern('4.12.1*')
  assert.deepEqual(
    ['4.12.1', '4.12.1-x86_64', '4.12.10-x86_64', '4x12.1', 'v4.12.1'].filter(tag => isMeant.test(tag)),
    ['4.12.1', '4.12.1-x86_64', '4.12.10-x86_64'],
  )
})

test('any text is read or refused with a place inside it', () => {
  const word = fc.constantFrom(
    'q.io/a:1',
    `${M}/a`,
    '=',
    '*',
    '@',
    '#',
    ' ',
    `@${D}`,
    'file://',
    'x',
    '\n',
    ':',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), words => {
      const text = words.join('')
      try {
        parse(text)
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error))
        for (const { line, column, snippet = '' } of error.problems) {
          const found = text.split('\n')[line - 1] ?? ''
          assert.equal(snippet, shownLine(found))
          assert.ok(column >= 1 && column <= found.length)
        }
      }
    }),
    { numRuns: 300 },
  )
})

describe('a target', () => {
  const mappings = parse(`q.io/a:1=${M}/ocp/a:1\nq.io/b:1=other:5000/b`)

  test('takes what goes to its host, below its prefix, and counts the rest', () => {
    const { inside, elsewhere } = insideTarget(parseTarget(`docker://${M}/ocp`), mappings)
    assert.deepEqual(
      inside.map(({ repository, tag }) => `${repository}:${tag}`),
      ['a:1'],
    )
    assert.deepEqual([...elsewhere], [['other:5000', 1]])
    assert.deepEqual(hostsOf(mappings), [M, 'other:5000'])
  })

  test('refuses what lies beside its prefix, and to be one that nothing goes to', () => {
    assert.throws(
      () => insideTarget(parseTarget(`docker://${M}/oc`), mappings),
      /m\.txt:1:10: mirror\.local:5000\/ocp\/a is not below docker:\/\/mirror\.local:5000\/oc\n/,
    )
    assert.throws(
      () => insideTarget(parseTarget('docker://x:1'), mappings),
      /no mapping goes to docker:\/\/x:1/,
    )
    assert.throws(() => insideTarget(parseTarget('oci://folder'), mappings), /has no host/)
  })
})

const CORPUS = path.resolve(process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const FILES: readonly (readonly [file: string, mappings: number])[] = [
  ['golden/dmc5179__openshift4-disconnected__v1_results-1757018271/mapping.txt', 221],
  ['golden/dmc5179__openshift4-disconnected__v1_results-1757022439/mapping.txt', 135],
  ['mirrorset/thibor1974__cluster-update__mapping.txt', 1206],
  ['mirrorset/waynedovey__quay-disconnected__mapping.txt', 4],
]

describe('mapping files of the corpus', () => {
  for (const [file, count] of FILES) {
    const whole = path.join(CORPUS, file)
    const text = (() => {
      try {
        return readFileSync(whole, 'utf8')
      } catch {
        return undefined
      }
    })()
    test(`${file} has ${count} mappings`, { skip: text === undefined && 'corpus not there' }, () => {
      const mappings = parse(text ?? '')
      assert.equal(mappings.length, count)
      assert.equal(hostsOf(mappings).length, 1)
    })
  }
})
