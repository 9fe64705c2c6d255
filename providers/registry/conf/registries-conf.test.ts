import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { loadRegistriesConf } from './conf-files.ts'
import { parseRegistriesConf } from './registries-conf.ts'

const CORPUS = path.join(process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'registries-conf')
const withoutCorpus = !existsSync(CORPUS) && 'the corpus is not here'
const CONTAINERS = 'containers__image__sysregistriesv2_testdata_'

const REFUSED: readonly [string, string, RegExp][] = [
  ['text that is not TOML', '[[registry]\n', /conf:1:\d+: not TOML/],
  ['version 1', '[registries.search]\nregistries = ["a.com"]', /is in version 1 of the format/],
  ['both versions', '[[registry]]\nlocation="a.com"\n[registries.search]\nregistries=[]', /mixes version 1/],
  ['a scheme', '[[registry]]\nlocation = "https://a.com"', /location "https:\/\/a.com" has a scheme/],
  [
    'neither prefix nor location',
    '[[registry]]\ninsecure = true',
    /number 1 has neither prefix nor location/,
  ],
  ['no location without a wildcard', '[[registry]]\nprefix = "a.com"', /\(prefix a.com\) has no location/],
  ['a wildcard with a path', '[[registry]]\nprefix = "*.a.com/b"', /is more than \*\.example\.com/],
  ['a wrong type', '[[registry]]\nlocation="a.com"\nblocked = "yes"', /blocked is not true or false/],
  [
    'two ways to restrict mirrors',
    '[[registry]]\nlocation="a.com"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation="m.com"\npull-from-mirror="all"',
    /pull-from-mirror and the registry's mirror-by-digest-only are both set/,
  ],
]

for (const [what, text, message] of REFUSED)
  test(`registries.conf is refused with its file named: ${what}`, () => {
    assert.throws(
      () => parseRegistriesConf(text, '/etc/conf'),
      (error: Error) => {
        assert.match(error.message, message)
        assert.match(error.message, /\/etc\/conf/)
        return true
      },
    )
  })

const CORPUS_REFUSED: Readonly<Record<string, RegExp>> = {
  'insecure-conflicts': /registry.com is both insecure and not insecure/,
  'invalid-config-level-mirror': /pull-from-mirror is set for the registry/,
  'invalid-prefix': /has a scheme/,
  'invalid-search': /"registry-a.com\/namespace-is-forbidden" is not a host/,
  'invalid-value-mirror': /pull-from-mirror is "notvalid"/,
  'missing-mirror-location': /mirror number 2 has no location/,
  'mixing-v1-v2': /mixes version 1/,
  'v1-compatibility': /is in version 1/,
  'v1-invalid-insecure': /is in version 1/,
  'v1-invalid-search': /is in version 1/,
}

test('registries.conf files that other tools refuse are refused', { skip: withoutCorpus }, () => {
  for (const [name, message] of Object.entries(CORPUS_REFUSED)) {
    const file = path.join(CORPUS, `${CONTAINERS}${name}.conf`)
    assert.throws(() => parseRegistriesConf(readFileSync(file, 'utf8'), file), message, name)
  }
})

test('registries.conf files in use load, unless they are of version 1, or templates', {
  skip: withoutCorpus,
}, () => {
  const refused = new Set(Object.keys(CORPUS_REFUSED).map(name => `${CONTAINERS}${name}.conf`))
  const loaded: string[] = []
  for (const name of readdirSync(CORPUS).filter(name => name.endsWith('.conf') && !refused.has(name))) {
    const text = readFileSync(path.join(CORPUS, name), 'utf8')
    try {
      parseRegistriesConf(text, name)
      loaded.push(name)
    } catch (error) {
      assert.match(String(error), /version 1|not TOML|<your-id>/, name)
    }
  }
  assert.ok(loaded.length >= 15, `${loaded.length} loaded`)
})

test('drop-ins are read in the order of their names and replace entries with the same prefix', async t => {
  const root = temporaryFolder(t)
  const conf = path.join(root, 'registries.conf')
  mkdirSync(`${conf}.d`)
  writeFileSync(conf, '[[registry]]\nlocation="a.com"\n[[registry]]\nlocation="b.com"')
  writeFileSync(`${conf}.d/20.conf`, '[[registry]]\nprefix="a.com"\nlocation="second.com"')
  writeFileSync(`${conf}.d/10.conf`, '[[registry]]\nprefix="a.com"\nlocation="first.com"')
  writeFileSync(`${conf}.d/30.conf.off`, 'this is not read')
  const { entries } = await loadRegistriesConf({ env: { CONTAINERS_REGISTRIES_CONF: conf }, home: root })
  assert.deepEqual(
    entries.map(({ prefix, location }) => [prefix, location]),
    [
      ['a.com', 'second.com'],
      ['b.com', 'b.com'],
    ],
  )
})

test('the user’s own registries.conf is used instead of the system’s, and the option instead of both', async t => {
  const home = temporaryFolder(t)
  const folder = path.join(home, '.config', 'containers')
  mkdirSync(path.join(folder, 'registries.conf.d'), { recursive: true })
  writeFileSync(path.join(folder, 'registries.conf'), '[[registry]]\nlocation="own.com"')
  writeFileSync(path.join(folder, 'registries.conf.d', 'a.conf'), '[[registry]]\nlocation="dropped.com"')
  const named = path.join(home, 'named.conf')
  writeFileSync(named, '[[registry]]\nlocation="named.com"')
  const locations = async (registriesConf?: string) =>
    (await loadRegistriesConf({ registriesConf, env: {}, home })).entries.map(({ location }) => location)
  assert.deepEqual(await locations(), ['own.com', 'dropped.com'])
  assert.deepEqual(await locations(named), ['named.com'])
  await assert.rejects(locations(path.join(home, 'absent.conf')), /there is no .*absent\.conf/)
})
