/**
 * Disks that fill up while an apply writes to them, under the state and under a layout folder as target: what could not
 * be written is told in words, nothing half-written is left, and with space again the same command goes on.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { RecordedRequest } from '../../providers/embedded/index.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { IMAGE_SET, mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const IMAGES = Array.from({ length: 6 }, (_, at) => ({
  repository: `team/app-${at}`,
  image: buildImage({ layers: [bytesFromSeed(`disk ${at}`, 300_000)] }),
}))
const ONE_BY_ONE = ['--parallel-images', '1', '--parallel-layers', '1']

/** A file system of its own that can be filled; undefined where none can be mounted. */
function smallDisk(t: TestEnd, size: string): { folder: string; fill(): void; free(): void } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'mirrorform-small-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'mirrorform-test', folder])
  t.after(() => {
    if (mounted.status === 0) spawnSync('umount', [folder])
    rmdirSync(folder)
  })
  if (mounted.status !== 0) return undefined
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    },
    free: () => rmSync(ballast),
  }
}

/** Calls `act` at the nth request that fits. */
function at(nth: number, fits: (request: RecordedRequest) => boolean, act: () => void) {
  let left = nth
  return (request: RecordedRequest): undefined => {
    if (fits(request) && --left === 0) act()
  }
}

test('a disk that fills up under the state ends the apply in words, and what was sent until then is not sent again', async t => {
  const disk = smallDisk(t, '128k')
  if (disk === undefined) return t.skip('no small file system can be mounted')
  const puts = (request: RecordedRequest): boolean => request.method === 'PUT'
  const [source, target] = [
    await startTestRegistry(t),
    await startTestRegistry(t, { faults: at(8, puts, () => disk.fill()) }),
  ]
  for (const { repository, image } of IMAGES) await pushToServer(source.url, repository, '1', image)
  const scene = mirrorScene(t, `docker://${target.host}/mirror`)
  scene.want(...IMAGES.map(({ repository }) => `${source.host}/${repository}:1`))
  const state = path.join(disk.folder, STATE)
  const apply = ['apply', '--yes', '-c', IMAGE_SET, '--to', scene.target, '--state', state, ...HTTP]
  const { code, stderr, output } = await scene.run([...apply, ...ONE_BY_ONE])
  assert.equal(code, 1, output)
  assert.match(stderr, /disk is full/)
  assert.match(stderr, /free some space/)
  const sent = target.requests.filter(request => puts(request) && request.status === 201).length

  disk.free()
  target.clearRequests()
  const again = await scene.run(apply)
  assert.equal(again.code, 0, again.output)
  const sentAgain = target.requests.filter(puts).length
  assert.ok(sent + sentAgain <= 18 + 2, `${sent} and ${sentAgain} pushes for 12 blobs and 6 manifests`)
  assert.deepEqual(readdirSync(disk.folder), [STATE])
})

test('a disk that fills up under a layout target fails the images it had no room for, and nothing half-written is left', async t => {
  const disk = smallDisk(t, '16m')
  if (disk === undefined) return t.skip('no small file system can be mounted')
  const layers = ({ method, what }: RecordedRequest): boolean => method === 'GET' && what === 'blob'
  const source = await startTestRegistry(t, { faults: at(4, layers, () => disk.fill()) })
  for (const { repository, image } of IMAGES) await pushToServer(source.url, repository, '1', image)
  const folder = path.join(disk.folder, 'layout')
  mkdirSync(folder)
  const scene = mirrorScene(t, `oci://${folder}`)
  scene.want(...IMAGES.map(({ repository }) => `${source.host}/${repository}:1`))
  const { code, stdout, output } = await scene.at('apply', ['--yes', ...ONE_BY_ONE])
  assert.equal(code, 4, output)
  assert.match(stdout, /ENOSPC|no space left|disk is full/)
  const { images } = JSON.parse(scene.read(STATE))
  assert.ok(images.length > 0 && images.length < IMAGES.length, `${images.length} images were finished`)
  assert.equal((await scene.at('verify', ['--deep'])).code, 0, 'what the state tells is there, whole')

  disk.free()
  source.clearRequests()
  await scene.apply()
  const blobs = source.requests.filter(layers).length
  assert.ok(blobs <= 2 * (IMAGES.length - images.length), `${blobs} blobs were read again`)
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  assert.equal((await scene.plan()).code, 0)
})

const HTTP = ['--src-tls-verify=false', '--dest-tls-verify=false']
