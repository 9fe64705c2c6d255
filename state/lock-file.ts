/**
 * The lock as a file: one line of JSON that says who works with a state, there for as long as the work lasts.
 *
 * It appears whole or not at all (written aside, then linked under its name). The lock of a process that died on this
 * host is taken over; since two may try that at once, whoever does so first creates `LOCK.takeover`, looks again, and
 * only then puts its own lock in the place of the dead one in one step. Who dies in between leaves a `LOCK.takeover`,
 * which is a lock like any other, and is taken over in the same way.
 */
import { link, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StateError } from '../lib/errors.ts'
import { writeLine } from '../lib/files/canonical-json.ts'
import { JsonPart } from '../lib/files/json-part.ts'
import type { LockHolder, StateLock } from '../lib/state.ts'
import { readIfPresent, replaceFile, syncFolderOf, temporaryBeside, writeNewFile } from './durable-files.ts'
import { codeOf, working } from './file-faults.ts'
import { isGone, type Machine, type ProcessIdentity } from './process-identity.ts'

/** Somebody else's takeover takes a few system calls; after this many looks it is taken for abandoned. */
const TAKEOVER_LOOKS = 50
const TAKEOVER_PAUSE_MS = 20
/** File systems without hard links answer one of these; there the lock is created by its name at once. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
])

interface Held {
  readonly text: string
  readonly holder: LockHolder
  readonly process: ProcessIdentity
}

/** @throws StateError naming the holder when somebody else has it. */
export async function takeLock(path: string, operation: string, machine: Machine): Promise<StateLock> {
  const text = encodeLock(operation, machine)
  return working(`cannot lock the state (${path})`, path, async () => {
    for (let look = 0; look < TAKEOVER_LOOKS; look++) {
      if (await createWhole(path, text)) return heldLock(path, text, undefined)
      const found = await readLock(path)
      if (found === undefined) continue
      if (!isGone(found.process, machine)) throw lockedBy(path, found.holder)
      if (await takeOver(path, found, text, machine)) return heldLock(path, text, found.holder)
      await pause(TAKEOVER_PAUSE_MS)
    }
    throw new StateError(
      `${takeoverOf(path)} stays: another mirrorform stopped while it took over this lock`,
      {
        hint: unlockHint(path),
      },
    )
  })
}

/** Who holds it now; undefined when nobody does, or nobody can tell because the file is damaged: `breakLock` helps. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  return working(`cannot read the lock ${path}`, path, async () => {
    const text = await readText(path)
    return text === undefined ? undefined : decodeLock(text)?.holder
  })
}

/** The holder, unless its process is certainly gone; undefined also where the file is damaged. */
export async function lockWorker(path: string, machine: Machine): Promise<LockHolder | undefined> {
  return working(`cannot read the lock ${path}`, path, async () => {
    const held = decodeLock((await readText(path)) ?? '')
    return held === undefined || isGone(held.process, machine) ? undefined : held.holder
  })
}

/** Removes the lock whatever its holder. */
export async function breakLock(path: string): Promise<void> {
  await working(`cannot remove the lock ${path}`, path, async () => {
    for (const claim of await besides(path, /^(\.takeover)+$/)) await rm(claim, { force: true })
    await rm(path, { force: true })
    await syncFolderOf(path)
  })
}

/** Puts our lock in the place of a dead one. False when somebody else was first: look again. */
async function takeOver(path: string, dead: Held, text: string, machine: Machine): Promise<boolean> {
  const claim = takeoverOf(path)
  if (!(await makeClaim(claim, text, machine))) return false
  try {
    if ((await readText(path)) !== dead.text) return false
    await replaceFile(path, Buffer.from(text))
    await clearTemporaries(path, machine)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

/** False while somebody else is taking over, or nobody can tell who was. */
async function makeClaim(claim: string, text: string, machine: Machine): Promise<boolean> {
  if (await createWhole(claim, text)) return true
  const found = decodeLock((await readText(claim)) ?? '')
  return found !== undefined && isGone(found.process, machine) && takeOver(claim, found, text, machine)
}

/** Removes what the dead had written aside and not yet put in its place. */
async function clearTemporaries(path: string, machine: Machine): Promise<void> {
  for (const temporary of await besides(path, /^(\.takeover)*\.[0-9a-f]{12}\.tmp$/)) {
    const found = decodeLock((await readText(temporary)) ?? '')
    if (found !== undefined && isGone(found.process, machine)) await rm(temporary, { force: true })
  }
}

/** The files beside a lock whose names go on like that. */
async function besides(path: string, rest: RegExp): Promise<readonly string[]> {
  const [folder, name] = [dirname(path), basename(path)]
  const names = await readdir(folder).catch(() => [])
  return names
    .filter(each => each.startsWith(name) && rest.test(each.slice(name.length)))
    .map(each => join(folder, each))
}

/** Creates the file with its content in one step; false when it exists already. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const temporary = temporaryBeside(path)
  await writeNewFile(temporary, Buffer.from(text))
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!NO_LINKS.has(codeOf(error))) throw error
    return await createByName(path, text)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function createByName(path: string, text: string): Promise<boolean> {
  try {
    await writeNewFile(path, Buffer.from(text))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Releasing leaves alone a lock that was broken and is somebody else's by now. */
function heldLock(path: string, text: string, takenOverFrom: LockHolder | undefined): StateLock {
  return {
    takenOverFrom,
    release: () =>
      working(`cannot remove the lock ${path}`, path, async () => {
        if ((await readText(path)) === text) await rm(path, { force: true })
      }),
  }
}

function encodeLock(operation: string, { self, now }: Machine): string {
  const { user, host, pid, started, namespace } = self
  const since = now().toISOString()
  return writeLine({
    user,
    host,
    pid,
    operation,
    since,
    started: started ?? null,
    namespace: namespace ?? null,
  })
}

/** @throws StateError when the file is damaged. */
async function readLock(path: string): Promise<Held | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  const held = decodeLock(text)
  if (held !== undefined) return held
  throw new StateError(`the lock ${path} is damaged, so nobody can tell who holds it`, {
    hint: unlockHint(path),
  })
}

async function readText(path: string): Promise<string | undefined> {
  return (await readIfPresent(path))?.toString('utf8')
}

function decodeLock(text: string): Held | undefined {
  try {
    const part = new JsonPart(JSON.parse(text))
    const user = part.field('user').text()
    const host = part.field('host').text()
    const pid = part.field('pid').count()
    const started = part.field('started')
    const namespace = part.field('namespace')
    return {
      text,
      holder: {
        user,
        host,
        pid,
        operation: part.field('operation').text(),
        since: part.field('since').text(),
      },
      process: {
        user,
        host,
        pid,
        started: started.value == null ? undefined : started.count(),
        namespace: namespace.value == null ? undefined : namespace.text(),
      },
    }
  } catch {
    return undefined
  }
}

function lockedBy(path: string, holder: LockHolder): StateError {
  const { user, host, pid, operation, since } = holder
  return new StateError(
    `${path}: ${user} on ${host} (pid ${pid}) has been working with this state since ${since}: ${operation}`,
    { hint: `wait until that is done; ${unlockHint(path)}` },
  )
}

/** @param path of the lock */
function unlockHint(path: string): string {
  return `if you are sure nobody works with this state: mirrorform state unlock --state ${path.replace(/\.lock$/, '')}`
}

function takeoverOf(path: string): string {
  return `${path}.takeover`
}
