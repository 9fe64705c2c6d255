import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { writeTar } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { scanTar, type TarMember } from './tar-scan.ts'

const SIGNAL = new AbortController().signal

async function scanned(file: string) {
  const members: TarMember[] = []
  const problem = await scanTar(file, member => void members.push(member), SIGNAL)
  return { members, problem }
}

/** One header as GNU tar writes it. */
function gnuHeader(name: string, type: string, size: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  size.copy(header, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar  \0', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

function octal(size: number): Buffer {
  return Buffer.from(`${size.toString(8).padStart(11, '0')}\0`)
}

function block(text: string): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write(text)
  return bytes
}

test('long names and large sizes as GNU tar writes them are understood', async t => {
  const file = path.join(temporaryFolder(t), 'a.tar')
  const name = `${'folder/'.repeat(20)}file`
  // 10 GiB, as the base-256 number that octal digits have no room for.
  const size = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 0])
  const parts = [
    gnuHeader('././@LongLink', 'L', octal(name.length + 1)),
    block(name),
    gnuHeader('cut off', '0', octal(5)),
    block('small'),
    gnuHeader('large', '0', size),
  ]
  writeFileSync(file, Buffer.concat(parts))
  truncateSync(file, 10 * 2 ** 30 + 5 * 512 + 1024)
  const { members, problem } = await scanned(file)
  assert.equal(problem, undefined)
  assert.deepEqual(
    members.map(member => [member.name, member.size, member.offset, member.bytes?.toString()]),
    [
      [name, 5, 3 * 512, 'small'],
      ['large', 10 * 2 ** 30, 5 * 512, undefined],
    ],
  )
})

test('a tar that is cut anywhere gives only whole members, and says that it was cut', async t => {
  const folder = temporaryFolder(t)
  const file = path.join(folder, 'a.tar')
  const names = ['a', `${'long/'.repeat(60)}b`, 'c', 'd']
  await writeTar(file, new Map(names.map((name, at) => [name, 'x'.repeat(at * 400)])))
  const whole = await scanned(file)
  assert.deepEqual(
    whole.members.map(({ name }) => name),
    names,
  )
  const last = whole.members.at(-1)
  const end = (last?.offset ?? 0) + Math.ceil((last?.size ?? 0) / 512) * 512
  await fc.assert(
    fc.asyncProperty(fc.nat(end), async length => {
      await writeTar(file, new Map(names.map((name, at) => [name, 'x'.repeat(at * 400)])))
      truncateSync(file, length)
      const { members, problem } = await scanned(file)
      assert.match(problem ?? '', length === 0 ? /^is empty$/ : /^is cut short after \d+ bytes/)
      assert.deepEqual(
        members,
        whole.members.filter(({ offset, size }) => offset + size <= length && offset <= length),
      )
    }),
    { numRuns: 60 },
  )
})

test('bytes that are no tar give no member and never end the program', async t => {
  const file = path.join(temporaryFolder(t), 'a.tar')
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 2048 }), async bytes => {
      fc.pre(bytes.subarray(0, 512).some(byte => byte !== 0))
      writeFileSync(file, bytes)
      const { members, problem } = await scanned(file)
      assert.deepEqual([members.length, problem], [0, 'is damaged at byte 0: no member begins there'])
    }),
    { numRuns: 50 },
  )
})

test('a file that is not there is an error with its name', async () => {
  await assert.rejects(scanned('/no/such.tar'), /^PlaceError: cannot read \/no\/such\.tar/)
})
