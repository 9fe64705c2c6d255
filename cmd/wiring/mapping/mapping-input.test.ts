/** Mapping files as a wanted input: what cannot be had is counted, and what the mirror holds of it stays. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PlaceError, UsageError } from '../../../lib/errors.ts'
import { destinationKey, parseTarget } from '../../../lib/target.ts'
import { buildImage } from '../../../testdata/images.ts'
import { MemoryRegistry } from '../../../testdata/memory-registry.ts'
import { held, mirrorOf, stateOf } from '../../../testdata/mirror-states.ts'
import { noCache, sourcesOf } from '../../../testdata/mirroring.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { mappingsAndTarget } from '../content/collect-mapping.ts'
import { joinWanted } from '../wanted-inputs.ts'
import { refuseAsking, refuseWithoutMapping } from './mapping-arguments.ts'
import { mappingInput, readMappings } from './mapping-input.ts'

const TO = 'docker://m.example/ocp'

test('tags behind a wildcard that cannot be looked up stay at the mirror, unless another line is about them, and are counted as missed', async t => {
  const path = join(temporaryFolder(t), 'm.txt')
  writeFileSync(path, 'src.example/gone:4.* m.example/ocp/r\nsrc.example/one:1 m.example/ocp/r:4.2\n')
  const source = new MemoryRegistry('src.example')
  source.hold('one', '1', buildImage({ seed: 'one' }))
  source.before = ({ repository }) => {
    if (repository === 'gone') throw new PlaceError('no such repository', { status: 404 })
  }
  const state = stateOf(
    mirrorOf(
      TO,
      held('src.example/gone:4.1', 'm.example/ocp/r:4.1'),
      held('src.example/gone:4.2', 'm.example/ocp/r:4.2'),
      held('src.example/gone:3.9', 'm.example/ocp/r:3.9'),
      held('src.example/gone:4.1', 'm.example/ocp/r/s:4.1'),
    ),
  )
  const loaded = await readMappings([path], undefined, process)
  const input = mappingInput(loaded, { filter: undefined, tolerance: 'missing' })
  const collected = await input.collect({ address: parseTarget(TO), maxNestedPaths: 0 } as never, {
    places: { sources: sourcesOf(source), cache: noCache },
    invocation: { interrupts: { soft: new AbortController() } } as never,
    held: [],
    state,
  })
  const { images, stays, notes } = joinWanted([collected])
  assert.deepEqual(
    images.map(({ destination }) => destinationKey(destination)),
    ['ocp/r:4.2'],
  )
  assert.deepEqual(stays?.map(destinationKey), ['ocp/r:4.1'])
  assert.match(notes.join(), /gone:4\.\* is not mirrored: no such repository/)
  assert.equal(input.missed(), 1)
})

test('files without a line, lines for several registries, and stdin that is read twice are refused', async t => {
  const folder = temporaryFolder(t)
  const given = (text: string) => {
    const path = join(folder, 'm.txt')
    writeFileSync(path, text)
    return mappingsAndTarget({ config: [], mapping: [path] }, process)
  }
  await assert.rejects(given('# nothing\n'), /m\.txt: there is no mapping/)
  await assert.rejects(given('q.io/a:1 m.example/a n.example/a\n'), error => {
    assert.ok(error instanceof UsageError)
    assert.match(error.message, /go to m\.example, n\.example/)
    assert.match(error.hint ?? '', /plan for each: --to docker:\/\/m\.example, --to docker:\/\/n\.example/)
    return true
  })
  await assert.rejects(given('q.io/a:1 file://a\n'), /nothing says to which folder/)
  assert.equal((await given('q.io/a:1 m.example/a m.example/b\n')).to, 'docker://m.example')
  assert.throws(() => refuseAsking({ mapping: ['-'], yes: false }), /stdin is the mapping/)
  refuseAsking({ mapping: ['-'], yes: true })
  assert.throws(() => refuseWithoutMapping({ skipMissing: true }), /--skip-missing is about mapping files/)
})
