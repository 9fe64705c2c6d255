/** What becomes of the config of a catalog's image, and what of the image is hidden. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hiddenPaths, servingConfig } from './serving.ts'

const LABEL = 'operators.operatorframework.io.index.configs.v1'
const DATABASE = 'operators.operatorframework.io.index.database.v1'
const SERVES = { Cmd: ['serve', '/configs'], Labels: { [LABEL]: '/configs' } }

const ROWS: readonly (readonly [what: string, config: object, after: object, hidden: readonly string[]])[] = [
  [
    'an image that opm built',
    {
      Entrypoint: ['/bin/opm'],
      Cmd: ['serve', '/configs', '--cache-dir=/tmp/cache'],
      Labels: { [LABEL]: '/configs', vendor: 'Acme' },
      User: '1001',
    },
    { ...SERVES, Entrypoint: ['/bin/opm'], Labels: { ...SERVES.Labels, vendor: 'Acme' }, User: '1001' },
    ['configs', 'tmp/cache'],
  ],
  [
    'arguments in the entry point',
    {
      Entrypoint: ['/bin/opm', 'serve', '/catalog', '--cache-dir', '/var/cache/opm'],
      Labels: { [LABEL]: '/catalog/' },
    },
    { ...SERVES, Entrypoint: ['/bin/opm'] },
    ['catalog', 'configs', 'var/cache/opm'],
  ],
  [
    'a database',
    {
      Entrypoint: ['/bin/opm'],
      Cmd: ['registry', 'serve', '--database', '/database/index.db'],
      Labels: { [DATABASE]: '/database/index.db' },
    },
    { ...SERVES, Entrypoint: ['/bin/opm'] },
    ['configs', 'database/index.db'],
  ],
  [
    'folders below each other, and those that are shared or lead nowhere',
    { Cmd: ['--cache-dir=/configs/cache', '--cache-dir=/tmp', '--cache-dir=../..', '--cache-dir'] },
    SERVES,
    ['configs'],
  ],
  ['an image that says nothing', {}, SERVES, ['configs']],
]

describe('to serve what is kept,', () => {
  for (const [what, before, after, hidden] of ROWS)
    it(`${what} is changed in its command and labels only, and hides what it served before`, () => {
      const config = { architecture: 'amd64', config: before, rootfs: { diff_ids: [] } }
      assert.deepEqual(servingConfig(config), { ...config, config: after })
      assert.deepEqual(hiddenPaths([config]), hidden)
    })

  it('what any of several platforms has is hidden in all', () => {
    const named = (folder: string) => ({ config: { Cmd: ['serve', '/configs', `--cache-dir=${folder}`] } })
    assert.deepEqual(hiddenPaths([named('/tmp/a'), named('/tmp/b')]), ['configs', 'tmp/a', 'tmp/b'])
  })
})
