/** The soak in small: the same code as `npm run bench -- soak`, with as many images as a test suite has time for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { soak } from '../../testdata/soak.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const SEED = process.env.MIRRORFORM_TEST_SEED ?? 'soak'

test(`fifty images arrive whole although 5 % of all requests fail (seed "${SEED}")`, async t => {
  const { requests, struck, sentTwice, blobsSent } = await soak(t, {
    images: 50,
    seed: SEED,
    faultShare: 0.05,
    command: [process.execPath, '--import', import.meta.resolve('tsx'), MAIN],
    mostApplies: 2,
    say: line => t.diagnostic(line),
  })
  assert.ok(struck > requests * 0.02, `${struck} of ${requests} requests were struck`)
  assert.deepEqual(sentTwice, [], 'no blob is sent again once the target has it')
  assert.ok(blobsSent >= 100, 'a config and a layer for each image')
})
