/** Plans of hundreds of images: one screen for people, everything for those who ask, no harm when a reader leaves. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { type MirrorScene, mirrorScene, PLAN } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const COUNT = 300
const image = buildImage({ seed: 'big' })

let scene: MirrorScene
const ends: (() => Promise<void> | void)[] = []
before(async () => {
  const end = { after: (work: () => Promise<void> | void) => void ends.unshift(work) }
  const [source, target] = await Promise.all([startTestRegistry(end), startTestRegistry(end)])
  const tags = Array.from({ length: COUNT }, (_, at) => String(at + 1).padStart(3, '0'))
  for (const tag of tags) await pushToServer(source.url, 'app', tag, image)
  scene = mirrorScene(end, `docker://${target.host}/enc1`)
  scene.want(...tags.map(tag => `${source.host}/app:${tag}`))
})
after(async () => {
  for (const end of ends) await end()
})

function linesOf(text: string): number {
  return text.trimEnd().split('\n').length
}

test('a plan fits on one screen, whether its 300 images come, stay or go', async () => {
  const adds = await scene.at('plan', ['-o', PLAN])
  assert.equal(adds.code, 0, adds.output)
  assert.match(adds.stdout, /300 to add/)
  assert.ok(linesOf(adds.stdout) <= 40, adds.stdout)
  const applied = await scene.applySaved()
  assert.equal(applied.code, 0, applied.output)
  assert.ok(linesOf(applied.stdout) <= 10, applied.stdout)
  const stays = await scene.at('plan')
  assert.ok(linesOf(stays.stdout) <= 10, stays.stdout)
  const goes = await scene.at('plan', ['--destroy', '--allow-mass-delete', '-o', PLAN])
  assert.match(goes.stdout, /300 to delete/)
  assert.ok(linesOf(goes.stdout) <= 40, goes.stdout)
  const all = await scene.run(['show', PLAN, '--deletes'])
  assert.ok(linesOf(all.stdout) >= COUNT)
})

test('a reader that leaves after the first line does no harm', async () => {
  await scene.plan('--destroy', '--allow-mass-delete')
  assert.ok(scene.read(PLAN).length > 65_536, 'more than a pipe holds, so that the writer notices')
  const shown = scene.start(['show', PLAN, '--json'])
  await once(shown.stdout, 'data')
  shown.stdout.destroy()
  const { code, stderr } = await shown.ended
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
})
