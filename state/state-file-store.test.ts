import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { StateError } from '../lib/errors.ts'
import { journalEntries, states } from '../lib/files/arbitraries.ts'
import { emptyState } from '../lib/files/fold.ts'
import { encodeState } from '../lib/files/state-file.ts'
import { digestOf } from '../lib/oci/digest.ts'
import type { JournalEntry, State } from '../lib/state.ts'
import { parseTarget } from '../lib/target.ts'
import { withoutRoot } from '../testdata/without-root.ts'
import { fileFault } from './file-faults.ts'
import { thisMachine } from './process-identity.ts'
import { openStateFile } from './state-file-store.ts'

const target = parseTarget('docker://registry.enc1.example:5000/ocp')
const lineage = '8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f'
const [one, two] = fc.sample(states, { numRuns: 2, seed: 3 }) as [State, State]
const root = fileURLToPath(new URL('..', import.meta.url))
let top: string
let count = 0

before(async () => {
  top = await mkdtemp(join(tmpdir(), 'mirrorform-state-'))
})
after(() => rm(top, { recursive: true }))

async function freshFolder(): Promise<string> {
  const folder = join(top, String(count++))
  await mkdir(folder)
  return folder
}

function stateError(message: RegExp, hint: RegExp): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof StateError)
    assert.match(error.message, message)
    assert.match(error.hint ?? '', hint)
    return true
  }
}

test('a state that was never written is undefined', async () => {
  assert.equal(await openStateFile(join(await freshFolder(), 's.json')).read(), undefined)
})

test('a written state is read back with the sha256 of its bytes as revision, and nothing else stays behind', async () => {
  const folder = await freshFolder()
  const store = openStateFile(join(folder, 's.json'))
  await store.assertWritable()
  for (const state of [one, two]) {
    const revision = await store.write(state)
    assert.equal(revision, digestOf(await readFile(store.name)))
    assert.deepEqual(await store.read(), { state, revision })
  }
  assert.deepEqual(await readdir(folder), ['s.json'])
})

test('what a killed writer left beside the state is cleared away by the next one, and nothing else is', async () => {
  const folder = await freshFolder()
  const others = ['s.json.lock.0123456789ab.tmp', 's.json.tmp', 't.json.0123456789ab.tmp']
  for (const name of ['s.json.0123456789ab.tmp', ...others]) await writeFile(join(folder, name), 'half')
  await openStateFile(join(folder, 's.json')).assertWritable()
  assert.deepEqual((await readdir(folder)).sort(), others)
})

test('a state that says the same is not written again', async () => {
  const store = openStateFile(join(await freshFolder(), 's.json'))
  const revision = await store.write(one)
  const before = await stat(store.name, { bigint: true })
  assert.equal(await store.write(one), revision)
  const after = await stat(store.name, { bigint: true })
  assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs])
})

test('writing keeps the permissions of the file and the symbolic link that leads to it', async () => {
  const folder = await freshFolder()
  await mkdir(join(folder, 'real'))
  await openStateFile(join(folder, 'real', 's.json')).write(one)
  await chmod(join(folder, 'real', 's.json'), 0o640)
  await symlink(join('real', 's.json'), join(folder, 'link.json'))
  const store = openStateFile(join(folder, 'link.json'))
  await store.assertWritable()
  await store.write(two)
  assert.equal(await readFile(join(folder, 'real', 's.json'), 'utf8'), encodeState(two))
  assert.equal((await stat(join(folder, 'real', 's.json'))).mode & 0o777, 0o640)
  assert.deepEqual(await readdir(join(folder, 'real')), ['s.json'])
})

test('a file that is no state or no text is refused by name', async () => {
  const store = openStateFile(join(await freshFolder(), 's.json'))
  await writeFile(store.name, '{"format": "mirrorform-state"')
  await assert.rejects(store.read(), stateError(/s\.json:1:30: not JSON/, /git checkout/))
  await writeFile(store.name, Buffer.from([0x22, 0xff, 0x22]))
  await assert.rejects(store.read(), stateError(/s\.json is not UTF-8 text/, /git checkout/))
})

test('a folder in the place of the state, a missing folder and a file in the place of the folder are told apart early', async () => {
  const folder = await freshFolder()
  await writeFile(join(folder, 'file'), '')
  await mkdir(join(folder, 'dir'))
  await assert.rejects(
    openStateFile(join(folder, 'dir')).assertWritable(),
    stateError(/it is not a file/, /--state/),
  )
  await assert.rejects(
    openStateFile(join(folder, 'dir')).read(),
    stateError(/cannot read the state .*: it is a folder \(EISDIR\)/, /--state/),
  )
  await assert.rejects(
    openStateFile(join(folder, 'no', 's')).assertWritable(),
    stateError(/there is no folder .*no \(ENOENT\)/, /mkdir -p/),
  )
  await assert.rejects(
    openStateFile(join(folder, 'file', 's')).assertWritable(),
    stateError(/\(ENOTDIR\)/, /--state/),
  )
  await assert.rejects(
    openStateFile(join(folder, 'no', 's')).write(one),
    stateError(/cannot write the state .*: there is no folder/, /mkdir -p/),
  )
  await assert.rejects(
    openStateFile(join(folder, 'no', 's')).lock('apply'),
    stateError(/cannot lock the state .*: there is no folder/, /mkdir -p/),
  )
})

test('a folder that cannot be written is refused before any work', async t => {
  const folder = await freshFolder()
  const store = openStateFile(join(folder, 's.json'))
  await chmod(top, 0o755)
  await chmod(folder, 0o555)
  t.after(() => chmod(folder, 0o755))
  await withoutRoot(async () => {
    await assert.rejects(store.assertWritable(), stateError(/permission denied \(EACCES\)/, /--state/))
    await assert.rejects(store.lock('apply'), stateError(/permission denied \(EACCES\)/, /--state/))
  })
})

const codes: readonly (readonly [code: string, said: RegExp, hint: RegExp])[] = [
  ['EACCES', /permission denied/, /ls -ld/],
  ['EROFS', /read-only/, /--state/],
  ['ENOSPC', /the disk is full/, /free some space/],
  ['EDQUOT', /quota/, /quota/],
  ['EISDIR', /it is a folder/, /--state/],
  ['EIO', /the disk failed/, /git/],
]

for (const [code, said, hint] of codes) {
  test(`${code} is told in words, with something to do`, () => {
    const cause = Object.assign(new Error(code), { code })
    stateError(said, hint)(fileFault('cannot write the state', '/srv/s.json', cause))
  })
}

test('a state that could only be written in part stays as it was, and nothing half-written is left', async t => {
  if (process.platform === 'win32') return t.skip('needs sh and ulimit')
  const folder = await freshFolder()
  const path = join(folder, 's.json')
  const revision = await openStateFile(path).write(one)
  const program = `
    import { openStateFile } from './state/state-file-store.ts'
    import { emptyState } from './lib/files/fold.ts'
    import { parseTarget } from './lib/target.ts'
    import { execFileSync } from 'node:child_process'
    const loose = Array.from({ length: 20_000 }, (_, n) => ({
      repository: 'a', digest: 'sha256:' + String(n).padStart(64, '0'), size: n }))
    const state = { ...emptyState('l', parseTarget('oci://x')), loose }
    await openStateFile(process.argv[1]).write(state).then(() => console.log('written'), error => console.log(error.message))`
  const child = spawn(
    'sh',
    [
      '-c',
      'ulimit -f 1000; exec "$0" "$@"',
      process.execPath,
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      program,
      path,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [said] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'exit')])
  assert.match(
    said.join(''),
    /^cannot write the state .*: the file would be larger than allowed here \(EFBIG\)\n$/,
  )
  assert.deepEqual(await readdir(folder), ['s.json'])
  assert.deepEqual(await openStateFile(path).read(), { state: one, revision })
})

test('a journal left by a crash gives its entries until it is dropped', async () => {
  const folder = await freshFolder()
  const store = openStateFile(join(folder, 's.json'))
  const entries: readonly JournalEntry[] = fc.sample(journalEntries, { numRuns: 5, seed: 1 })
  assert.equal(await store.leftover(), undefined)
  assert.equal(await store.leftoverOwner(), undefined)
  const journal = await store.openJournal(lineage, target)
  assert.deepEqual(await store.leftover(), [])
  for (const entry of entries) await journal.append(entry)
  await journal.close()
  assert.deepEqual(await store.leftover(), entries)
  assert.deepEqual(await store.leftoverOwner(), { lineage, target })
  await store.write(emptyState(lineage, target))
  assert.deepEqual(await store.leftover(), entries)
  await store.dropJournal()
  await store.dropJournal()
  assert.equal(await store.leftover(), undefined)
  assert.deepEqual(await readdir(folder), ['s.json'])
})

test('a journal of another state is not replayed into this one', async () => {
  const store = openStateFile(join(await freshFolder(), 's.json'))
  await (await store.openJournal(lineage, target)).close()
  await store.write(emptyState('00000000-0000-8000-8000-000000000000', target))
  await assert.rejects(
    store.leftover(),
    stateError(/belongs to a state of lineage 8f14e45f/, /move the journal away/),
  )
})

test('who is at work with a state is told while it runs, and not when it died without unlocking', async () => {
  const path = join(await freshFolder(), 's.json')
  const store = openStateFile(path)
  assert.equal(await store.worker(), undefined)
  await store.lock('apply')
  assert.equal((await store.worker())?.operation, 'apply')
  const afterwards = openStateFile(path, { ...thisMachine(), isAlive: () => false })
  assert.equal((await afterwards.holder())?.operation, 'apply')
  assert.equal(await afterwards.worker(), undefined)
})

test('a second operation on a locked state is refused until the first is done', async () => {
  const store = openStateFile(join(await freshFolder(), 's.json'))
  const lock = await store.lock('apply')
  assert.equal((await store.holder())?.pid, process.pid)
  await assert.rejects(store.lock('refresh'), stateError(/: apply$/, /mirrorform state unlock/))
  await lock.release()
  await store.lock('refresh')
  await store.unlock()
  assert.equal(await store.holder(), undefined)
})
