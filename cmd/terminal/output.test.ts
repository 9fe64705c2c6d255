import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { PlaceError } from '../../lib/errors.ts'
import { createOutput, type OutputOptions } from './output.ts'

function open(over: Partial<OutputOptions> = {}) {
  const stdout = new PassThrough({ encoding: 'utf8' })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const output = createOutput({ stdout, stderr, json: false, color: false, logFormat: 'text', ...over })
  return { output, stdout: () => String(stdout.read() ?? ''), stderr: () => String(stderr.read() ?? '') }
}

/** A stream whose reader is gone: every write fails with `code`. */
function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  })
}

test('results go to stdout, everything about the work to stderr', async () => {
  const { output, stdout, stderr } = open()
  output.print('the plan')
  output.note('asking the registry')
  output.warn('the state was rebuilt')
  output.error(new PlaceError('cannot read', { hint: 'try again' }))
  await output.flush()
  assert.equal(stdout(), 'the plan\n')
  assert.equal(
    stderr(),
    'asking the registry\nWarning: the state was rebuilt\nError: cannot read\nHint: try again\n',
  )
})

test('with --json stdout holds exactly one document', async () => {
  const { output, stdout } = open({ json: true })
  output.print('for people')
  await output.document({ digests: new Map([['a', new Set([1])]]) })
  await assert.rejects(output.document({}), /one JSON document/)
  assert.equal(output.hasDocument, true)
  const text = stdout()
  assert.ok(text.endsWith('}\n'))
  assert.deepEqual(JSON.parse(text), { digests: { a: [1] } })
})

test('JSON that is encoded already is printed as it is', async () => {
  const { output, stdout } = open({ json: true })
  await output.document('{"format":"mirrorform-plan"}\n')
  assert.equal(stdout(), '{"format":"mirrorform-plan"}\n')
})

test('without --json the document is not printed', async () => {
  const { output, stdout } = open()
  await output.document({ a: 1 })
  output.print('text')
  assert.equal(stdout(), 'text\n')
})

test('--json-into writes the document into a file beside the normal output', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'mirrorform-output-'))
  t.after(() => rm(folder, { recursive: true }))
  const { output, stdout } = open({ jsonInto: join(folder, 'plan.json') })
  output.print('text')
  await output.document({ a: 1 })
  assert.equal(stdout(), 'text\n')
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')), { a: 1 })
  assert.deepEqual(await readdir(folder), ['plan.json'])
})

test('a --json-into file that cannot be written is named', async () => {
  const { output } = open({ jsonInto: '/nowhere/at/all.json' })
  await assert.rejects(output.document({}), /cannot write \/nowhere\/at\/all\.json/)
})

test('with --log-format json every line on stderr is a JSON object', () => {
  const { output, stderr } = open({ logFormat: 'json', color: true })
  output.note('asking', { registry: 'quay.io' })
  output.warn('\u001b[31mred\u001b[39m')
  output.error(new PlaceError('cannot read\nat all', { hint: 'try again' }))
  assert.deepEqual(
    stderr()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    [
      { level: 'info', message: 'asking', registry: 'quay.io' },
      { level: 'warn', message: 'red' },
      { level: 'error', message: 'cannot read\nat all', hint: 'try again' },
    ],
  )
})

test('quiet leaves out notes, not warnings', () => {
  const { output, stderr } = open({ quiet: true })
  output.note('note')
  output.warn('warning')
  assert.equal(stderr(), 'Warning: warning\n')
})

test('without colour no escape code is written', () => {
  const { output, stderr } = open()
  output.warn('careful')
  output.error(new Error('no'))
  assert.ok(!stderr().includes('\u001b'))
})

test('with colour warnings have some', () => {
  const { output, stderr } = open({ color: true })
  output.warn('careful')
  assert.ok(stderr().includes('\u001b['))
})

test('a reader who has seen enough ends the output quietly', async () => {
  const { output } = open({ stdout: failing('EPIPE') })
  output.print('one')
  await output.flush()
  output.print('two')
  await output.flush()
})

test('a full disk behind stdout is an error', async () => {
  const { output } = open({ stdout: failing('ENOSPC') })
  output.print('one')
  await assert.rejects(output.flush(), /cannot write to standard output: write ENOSPC/)
})

test('notes make room for the live block', () => {
  const { output, stderr } = open()
  const calls: string[] = []
  const end = output.besides(write => {
    calls.push('clear')
    write()
    calls.push('draw')
  })
  output.note('one')
  end()
  output.note('two')
  assert.deepEqual(calls, ['clear', 'draw'])
  assert.equal(stderr(), 'one\ntwo\n')
})
