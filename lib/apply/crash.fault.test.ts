/**
 * Death at every point of an apply: after each request, and before and after each file operation, everything stops for
 * good, and a second process carries on with the same plan. Whatever the point, it ends where an apply that was never
 * cut off ends, the state included, and sends no blob that the journal had.
 */
import assert from 'node:assert/strict'
import { appendFile, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { type Machine, openStateFile } from '../../state/index.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { applyTo, planFor, sourcesOf } from '../../testdata/mirroring.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import type { JournalEntry, StateStore } from '../state.ts'

const SHARED = bytesFromSeed('shared', 600)
const layered = (seed: string) => buildImage({ layers: [SHARED, bytesFromSeed(seed, 400)] })
const BEFORE = { 'moves:1': layered('old'), 'stays:1': layered('same'), 'goes:1': layered('gone') }
const AFTER = {
  'moves:1': layered('new'),
  'stays:1': BEFORE['stays:1'],
  'comes:1': layered('first'),
  'comes:2': layered('second'),
}

/** A process that dies at its nth step: from then on nothing it began ever ends. */
class Life {
  readonly died: Promise<void>
  readonly #dies: () => void
  readonly #last: number
  /** Files the process has open, which its system closes. */
  readonly open: { close(): Promise<void> }[] = []
  steps = 0
  isOver = false
  #running = 0

  constructor(last: number) {
    this.#last = last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.died = promise
    this.#dies = resolve
  }

  async step(): Promise<void> {
    this.steps++
    if (this.steps > this.#last) {
      this.isOver = true
      this.#dies()
    }
    if (this.isOver) await new Promise<never>(() => {})
  }

  /** One step before and one after a piece of work. What has begun when the process dies still ends, unseen by it. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    await this.step()
    this.#running++
    const result = await work().finally(() => this.#running--)
    await this.step()
    return result
  }

  /** Resolves when nothing of the dead process is under way any more. */
  async buried(): Promise<void> {
    do await immediate()
    while (this.#running > 0)
    for (const file of this.open) await file.close()
  }
}

/** The store, every method of which takes one step before and one after its work; the journal's too. */
function mortalStore(store: StateStore, life: Life, recorded: JournalEntry[]): StateStore {
  const stepping = <T>(work: () => Promise<T>): Promise<T> => life.around(work)
  return {
    name: store.name,
    read: () => stepping(() => store.read()),
    write: state => stepping(() => store.write(state)),
    assertWritable: () => stepping(() => store.assertWritable()),
    lock: async operation => {
      const lock = await stepping(() => store.lock(operation))
      return { takenOverFrom: lock.takenOverFrom, release: () => stepping(() => lock.release()) }
    },
    holder: () => store.holder(),
    worker: () => store.worker(),
    unlock: () => store.unlock(),
    leftover: () => stepping(() => store.leftover()),
    openJournal: async (lineage, target) => {
      const journal = await stepping(async () => {
        const opened = await store.openJournal(lineage, target)
        life.open.push(opened)
        return opened
      })
      return {
        append: entry =>
          stepping(async () => {
            await journal.append(entry)
            recorded.push(entry)
          }),
        close: () =>
          stepping(async () => {
            life.open.length = 0
            await journal.close()
          }),
      }
    },
    dropJournal: () => stepping(() => store.dropJournal()),
  }
}

/** The machine as process `pid` sees it once every process before it is gone. */
function machineOf(pid: number): Machine {
  return {
    self: { user: 'tester', host: 'here', pid, started: undefined, namespace: undefined },
    now: () => new Date(0),
    isAlive: other => other === pid,
    startOf: () => undefined,
  }
}

interface Ended {
  readonly state: string
  readonly tags: readonly string[]
  readonly steps: number
}

/**
 * @param last the step that the first process does not survive; Infinity: it lives
 * @param torn whether its last line in the journal is one that was cut off
 */
async function runAndCarryOn(folder: string, last: number, torn: boolean): Promise<Ended> {
  const source = new MemoryRegistry('src.example')
  const target = new MemoryRegistry('mirror.example', { prefix: 'ocp' })
  const statePath = path.join(folder, 'mirror.state.json')
  const setup = (store: StateStore) => ({ source, target, store, sources: sourcesOf(source) })
  const names = (images: object) => Object.keys(images).map(name => `src.example/${name}`)
  hold(source, BEFORE)
  const first = setup(openStateFile(statePath, machineOf(1)))
  await applyTo(first, await planFor(first, names(BEFORE)))
  hold(source, AFTER)
  const plan = await planFor(first, names(AFTER))

  const life = new Life(last)
  const recorded: JournalEntry[] = []
  target.before = () => life.step()
  const mortal = setup(mortalStore(openStateFile(statePath, machineOf(2)), life, recorded))
  await Promise.race([applyTo(mortal, plan), life.died])
  await life.buried()
  if (torn && life.isOver && (await readdir(folder)).includes('mirror.state.json.journal'))
    await appendFile(`${statePath}.journal`, '{"did":"blo')

  target.before = () => {}
  target.mutations.length = 0
  const second = setup(openStateFile(statePath, machineOf(3)))
  const result = await applyTo(second, plan)
  assert.equal(result.failed, 0, JSON.stringify(result.results))
  const finished = recorded.flatMap(entry =>
    entry.did === 'blob' ? [`${entry.blob.repository} ${entry.blob.digest}`] : [],
  )
  const again = target.mutations.flatMap(request =>
    request.do === 'upload' || request.do === 'mount' ? [`${request.repository} ${request.digest}`] : [],
  )
  assert.deepEqual(
    again.filter(blob => finished.includes(blob)),
    [],
    'nothing is sent that the journal had',
  )
  assert.equal(new Set(again).size, again.length, 'nothing is sent twice')
  assert.deepEqual((await readdir(folder)).sort(), ['mirror.state.json'], 'nothing is left behind')
  const tags = ['moves', 'stays', 'goes', 'comes'].flatMap(repository =>
    [...target.content(`ocp/${repository}`).tags].map(([tag, digest]) => `${repository}:${tag} ${digest}`),
  )
  // The lineage is that of the plan, which names the folder's own state.
  const state = (await readFile(statePath, 'utf8')).replace(/^ *"lineage".*$/m, '')
  return { state, tags, steps: life.steps }
}

function hold(registry: MemoryRegistry, images: Readonly<Record<string, ReturnType<typeof layered>>>): void {
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag] = name.split(':')
    registry.hold(repository, tag, image)
  }
}

test('whatever point an apply dies at, the same plan ends where it would have, and sends nothing finished again', async t => {
  const undisturbed = await runAndCarryOn(temporaryFolder(t), Number.POSITIVE_INFINITY, false)
  assert.ok(undisturbed.steps > 50, 'adds, a move, a delete and their journal')
  const points = Array.from({ length: undisturbed.steps }, (_, at) => at)
  for (const last of points) {
    const { state, tags } = await runAndCarryOn(temporaryFolder(t), last, last % 2 === 1)
    assert.deepEqual(tags.toSorted(), undisturbed.tags.toSorted(), `tags after dying at step ${last}`)
    assert.equal(state, undisturbed.state, `the state after dying at step ${last}`)
  }
})
