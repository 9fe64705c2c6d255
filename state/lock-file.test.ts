import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { StateError } from '../lib/errors.ts'
import { breakLock, lockHolder, takeLock } from './lock-file.ts'
import { isGone, type Machine, type ProcessIdentity, thisMachine } from './process-identity.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const since = '2031-05-06T07:08:09.000Z'
let folder: string
let path: string
let count = 0

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mirrorform-lock-'))
})
after(() => rm(folder, { recursive: true }))

function freshPath(): string {
  path = join(folder, `${count++}.state.json.lock`)
  return path
}

function machine(self: Partial<ProcessIdentity> = {}, alive: readonly number[] = []): Machine {
  return {
    self: { user: 'ada', host: 'bastion', pid: 100, started: 7, namespace: 'pid:[1]', ...self },
    now: () => new Date(since),
    isAlive: pid => alive.includes(pid),
    startOf: () => 7,
  }
}

function lockError(message: RegExp): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof StateError)
    assert.match(error.message, message)
    assert.match(error.hint ?? '', /mirrorform state unlock/)
    return true
  }
}

test('a lock says who holds it, and is gone once it is released', async () => {
  const path = freshPath()
  const lock = await takeLock(path, 'apply', machine())
  assert.equal(lock.takenOverFrom, undefined)
  assert.equal(
    await readFile(path, 'utf8'),
    `{"user":"ada","host":"bastion","pid":100,"operation":"apply","since":"${since}","started":7,"namespace":"pid:[1]"}\n`,
  )
  const holder = { user: 'ada', host: 'bastion', pid: 100, operation: 'apply', since }
  assert.deepEqual(await lockHolder(path), holder)
  await lock.release()
  await lock.release()
  assert.equal(await lockHolder(path), undefined)
})

test('a held lock is refused to anybody else, naming holder, host, pid, operation, time and the way out', async () => {
  const path = freshPath()
  await takeLock(path, 'apply enc1.plan.json', machine())
  await assert.rejects(
    takeLock(path, 'refresh', machine({ pid: 200 }, [100])),
    lockError(
      /ada on bastion \(pid 100\) has been working with this state since 2031-05-06T07:08:09\.000Z: apply enc1\.plan\.json/,
    ),
  )
})

const rows: readonly (readonly [
  what: string,
  gone: boolean,
  held: Partial<ProcessIdentity>,
  alive: readonly number[],
])[] = [
  ['that runs', false, {}, [100]],
  ['that ended', true, {}, []],
  ['whose pid is used by a later process', true, { started: 6 }, [100]],
  ['on a system that does not tell start times', false, { started: undefined }, [100]],
  ['on another host', false, { host: 'laptop' }, []],
  ['in another container', false, { namespace: 'pid:[2]' }, []],
  ['on a system without pid namespaces, that ended', true, { namespace: undefined }, []],
]

for (const [what, gone, held, alive] of rows) {
  test(`the lock of a process ${what} is ${gone ? 'taken over' : 'left alone'}`, async () => {
    const path = freshPath()
    await takeLock(path, 'apply', machine(held))
    const taking = takeLock(path, 'refresh', machine({ pid: 200 }, alive))
    if (!gone) return assert.rejects(taking, lockError(/pid 100/))
    const lock = await taking
    assert.equal(lock.takenOverFrom?.pid, 100)
    assert.equal(lock.takenOverFrom?.operation, 'apply')
    assert.equal((await lockHolder(path))?.pid, 200)
    assert.deepEqual(
      (await readdir(folder)).filter(name => /takeover|tmp/.test(name)),
      [],
    )
  })
}

test('of many that take over a dead lock at once exactly one gets it', async () => {
  const path = freshPath()
  await takeLock(path, 'apply', machine({ pid: 1 }))
  const pids = [200, 201, 202, 203, 204, 205]
  const takers = await Promise.allSettled(pids.map(pid => takeLock(path, 'apply', machine({ pid }, pids))))
  const winners = takers.filter(taker => taker.status === 'fulfilled')
  assert.equal(winners.length, 1)
  assert.equal(winners[0]?.value.takenOverFrom?.pid, 1)
})

test('a takeover by a process that died in the middle of it is taken over too, however often that happens', async () => {
  const path = freshPath()
  const dead = machine({ pid: 1 })
  for (const file of [path, `${path}.takeover`, `${path}.takeover.takeover`])
    await takeLock(file, 'apply', dead)
  const text = await readFile(path, 'utf8')
  const [ours, others] = [`${path}.0123456789ab.tmp`, `${path}.takeover.0123456789ab.tmp`]
  await writeFile(ours, text)
  await writeFile(others, '{"half')
  const lock = await takeLock(path, 'apply', machine())
  assert.equal(lock.takenOverFrom?.pid, 1)
  await lock.release()
  const left = (await readdir(folder)).filter(name => name.startsWith(basename(path)))
  assert.deepEqual(left, [basename(others)], 'only what nobody can tell of is left')
})

test('a takeover that was cut short is reported, and unlock clears it away', async () => {
  const path = freshPath()
  await takeLock(path, 'apply', machine({ pid: 1 }))
  await writeFile(`${path}.takeover`, '')
  await assert.rejects(takeLock(path, 'apply', machine()), lockError(/stopped while it took over this lock/))
  await breakLock(path)
  await (await takeLock(path, 'apply', machine())).release()
})

test('a damaged lock is refused, and unlock removes it', async () => {
  const path = freshPath()
  await writeFile(path, '{"user":"ada"')
  await assert.rejects(takeLock(path, 'apply', machine()), lockError(/is damaged/))
  assert.equal(await lockHolder(path), undefined)
  await breakLock(path)
  await (await takeLock(path, 'apply', machine())).release()
})

test('releasing a lock that was broken leaves the next holder alone', async () => {
  const path = freshPath()
  const first = await takeLock(path, 'apply', machine())
  await breakLock(path)
  await takeLock(path, 'apply', machine({ pid: 200 }))
  await first.release()
  assert.equal((await lockHolder(path))?.pid, 200)
})

test('this process is alive and another one is gone once it has ended', async () => {
  const here = thisMachine()
  assert.equal(isGone(here.self, here), false)
  const child = spawn(process.execPath, ['--eval', ''])
  await once(child, 'exit')
  assert.equal(isGone({ ...here.self, pid: child.pid ?? 0, started: undefined }, here), true)
})

test('of three processes racing for the lock of a dead one, one holds it and the others name it', async () => {
  const path = freshPath()
  const dead = await startTaker(path, 'dead')
  dead.child.kill('SIGKILL')
  await once(dead.child, 'exit')
  assert.equal((await lockHolder(path))?.operation, 'dead')

  const takers = await Promise.all(['a', 'b', 'c'].map(name => startTaker(path, name)))
  const holder = await lockHolder(path)
  const said = takers.map(({ line }) => line).sort()
  assert.deepEqual(said, [
    `held after ${dead.child.pid}`,
    `refused by ${holder?.pid}`,
    `refused by ${holder?.pid}`,
  ])
  for (const { child } of takers) child.stdin?.end()
  await Promise.all(takers.map(({ child }) => child.exitCode ?? once(child, 'exit')))
  assert.equal(await lockHolder(path), undefined)
})

/** A process that tries for the lock, says on a line how that went, and keeps it until its stdin ends. */
async function startTaker(path: string, name: string): Promise<{ child: ChildProcess; line: string }> {
  const program = `
    import { takeLock } from './state/lock-file.ts'
    import { thisMachine } from './state/process-identity.ts'
    const [path, name] = process.argv.slice(1)
    try {
      const lock = await takeLock(path, name, thisMachine())
      console.log('held after ' + lock.takenOverFrom?.pid)
      for await (const _ of process.stdin);
      await lock.release()
    } catch (error) {
      console.log('refused by ' + /pid (\\d+)/.exec(error.message)?.[1])
    }`
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program, path, name],
    {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  child.stdout.setEncoding('utf8')
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('\n')) break
  }
  return { child, line: said.trim() }
}
