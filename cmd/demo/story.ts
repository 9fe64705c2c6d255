/**
 * What a newcomer sees: each step says what comes, shows the command, runs it, and is checked.
 *
 * An image set is planned and applied; nothing is left to do; then the source and the image set change, and the next
 * plan shows exactly that.
 */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claim, claimCounts, claimSame, claimSentOnce, claimUntouched, digestAt, readPlan } from './claims.ts'
import { publishFirst, publishLater } from './images.ts'
import type { Narrator } from './narrator.ts'
import type { Program } from './program.ts'
import type { Stage } from './stage.ts'

export interface StoryParts {
  readonly narrator: Narrator
  readonly program: Program
  readonly stage: Stage
  readonly signal: AbortSignal
}

const PREFIX = 'mirror'
const STATE = 'mirror.state.json'
const FIRST = ['shop/api:2.1', 'shop/web:stable', 'tools/backup:1.4']
const LATER = ['shop/api:2.1', 'shop/web:stable', 'tools/audit:3.0']

export async function tellStory(parts: StoryParts): Promise<void> {
  await openingScene(parts)
  for (const scene of [
    init,
    firstPlan,
    firstApply,
    nothingToDo,
    worldChanges,
    secondPlan,
    secondApply,
    verify,
  ]) {
    parts.signal.throwIfAborted()
    await scene(parts)
  }
  closingScene(parts)
}

async function openingScene({ narrator, stage }: StoryParts): Promise<void> {
  narrator.heading('mirrorform: review a plan of what a mirror will hold, then apply exactly that plan')
  narrator.say(
    'Two small registries now run on this machine, in a temporary folder that is removed at the end. Nothing leaves this machine.',
  )
  narrator.quote(`source  ${stage.source.host}\nmirror  ${stage.mirror.host}`)
  narrator.say(
    'The source gets three images made of files of this checkout: two for three architectures, which share a layer, one of them signed; and one in the Docker format.',
  )
  await publishFirst(stage.source.url)
}

async function init({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('1. A folder for the mirror')
  narrator.say(
    'An image set says what the mirror should hold. This writes a first one, and what git should know.',
  )
  await program.run(['init'])
  for (const file of ['imageset.yaml', '.gitattributes', '.gitignore'])
    claim(await isFile(stage, file), `init wrote ${file}`)
  narrator.say('Into imageset.yaml we write what we want:')
  narrator.quote(await writeImageSet(stage, FIRST))
}

async function firstPlan({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('2. Plan: what would change?')
  narrator.say(
    'The plan is a file with every digest pinned, for you and git to review. Nothing is changed yet.',
  )
  stage.mirror.clearRequests()
  await program.run(planCommand(stage, 'first.plan.json'))
  claimUntouched(stage.mirror)
  claimCounts(await readPlan(stage, 'first.plan.json'), { add: 3 })
  claim(!(await isFile(stage, STATE)), 'a plan writes no state')
}

async function firstApply({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('3. Apply: exactly that plan')
  narrator.say(
    'Each layer is sent once, however many images share it. What is finished goes into the state file, which belongs in git, too.',
  )
  stage.mirror.clearRequests()
  await program.run(['apply', 'first.plan.json'])
  claimSentOnce(stage.mirror)
  await claimSame(stage, PREFIX, FIRST)
  claim(await isFile(stage, STATE), `apply wrote ${STATE}`)
}

async function nothingToDo({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('4. Plan again: nothing to do')
  narrator.say(
    'With --detailed-exitcode, exit code 0 says so to a pipeline. The state does not change by a byte.',
  )
  const before = await readFile(join(stage.work, STATE), 'utf8')
  stage.mirror.clearRequests()
  await program.run([...planCommand(stage, 'second.plan.json'), '--detailed-exitcode'], 0)
  claimUntouched(stage.mirror)
  claimCounts(await readPlan(stage, 'second.plan.json'), { keep: 3 })
  claim(before === (await readFile(join(stage.work, STATE), 'utf8')), 'the state is the same')
}

async function worldChanges({ narrator, stage }: StoryParts): Promise<void> {
  narrator.heading('5. The world changes')
  await publishLater(stage.source.url)
  narrator.say(
    'At the source, shop/web:stable now names a newer image. In the image set we replace tools/backup by tools/audit:',
  )
  narrator.quote(await writeImageSet(stage, LATER))
}

async function secondPlan({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('6. Plan: one to add, one to move, one to delete')
  narrator.say(
    'A moved tag is shown with both digests. Only images that mirrorform put there are ever deleted. Exit code 3 warns a pipeline that something would be deleted.',
  )
  const before = await digestAt(stage.mirror, `${PREFIX}/shop/web`, 'stable')
  await program.run([...planCommand(stage, 'third.plan.json'), '--detailed-exitcode'], 3)
  const plan = await readPlan(stage, 'third.plan.json')
  claimCounts(plan, { add: 1, move: 1, delete: 1, keep: 1 })
  const after = await digestAt(stage.source, 'shop/web', 'stable')
  claim(
    plan.changes.some(
      change => change.action === 'move' && change.from === before && change.image.digest === after,
    ),
    'the move is shown with both digests',
  )
  claim(
    (await digestAt(stage.mirror, `${PREFIX}/tools/backup`, '1.4')) !== undefined,
    'a plan deletes nothing',
  )
}

async function secondApply({ narrator, program, stage }: StoryParts): Promise<void> {
  narrator.heading('7. Apply')
  narrator.say('New content first, deletes last.')
  stage.mirror.clearRequests()
  await program.run(['apply', 'third.plan.json'])
  claimSentOnce(stage.mirror)
  await claimSame(stage, PREFIX, LATER)
  claim((await digestAt(stage.mirror, `${PREFIX}/tools/backup`, '1.4')) === undefined, 'tools/backup is gone')
}

async function verify({ narrator, program }: StoryParts): Promise<void> {
  narrator.heading('8. Verify')
  narrator.say('Reads every byte back from the mirror and compares it with its digest.')
  await program.run(['verify', '--deep', '--state', STATE])
}

function closingScene({ narrator }: StoryParts): void {
  narrator.heading('That was all of it.')
  narrator.say(
    'Both registries and their folder are removed now. How to do this with your own registry: docs/plan-and-apply.md.',
  )
}

function planCommand({ mirror }: Stage, out: string): readonly string[] {
  const target = `docker://${mirror.host}/${PREFIX}`
  return ['plan', '-c', 'imageset.yaml', '--to', target, '--state', STATE, '-o', out]
}

async function writeImageSet({ source, work }: Stage, images: readonly string[]): Promise<string> {
  const text = [
    'apiVersion: mirror.openshift.io/v2alpha1',
    'kind: ImageSetConfiguration',
    'mirror:',
    '  additionalImages:',
    ...images.map(image => `    - name: ${source.host}/${image}`),
  ].join('\n')
  await writeFile(join(work, 'imageset.yaml'), `${text}\n`)
  return text
}

async function isFile({ work }: Stage, name: string): Promise<boolean> {
  return stat(join(work, name)).then(
    found => found.isFile(),
    () => false,
  )
}
