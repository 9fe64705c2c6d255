/**
 * `npm run bench -- NAME`: runs one benchmark against real programs, prints its report and, when all of it was measured,
 * keeps it in RESULTS.md. A further bench is one more file and one more line in `BENCHES`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { skipWithout } from '../testdata/docker-registry.ts'
import { again, farAgain } from './again.ts'
import { archive } from './archive.ts'
import type { Bench } from './bench.ts'
import { bigLayer } from './big-layer.ts'
import { catalog } from './catalog.ts'
import { copy, farCopy } from './copy.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { farManySmall, manySmall } from './many-small.ts'
import { prepareMirrorform } from './mirrorform.ts'
import { releases } from './releases.ts'
import { putSection, renderReport } from './report.ts'
import { slowLink } from './slow-link.ts'
import { soak } from './soak.ts'
import { start } from './start.ts'
import { throttled } from './throttled.ts'

const BENCHES: Readonly<Record<string, Bench>> = {
  copy,
  'copy-20ms': farCopy,
  again,
  'again-20ms': farAgain,
  'big-layer': bigLayer,
  'many-small': manySmall,
  'many-small-20ms': farManySmall,
  'slow-link': slowLink,
  throttled,
  releases,
  catalog,
  archive,
  soak,
  start,
}
const RESULTS = path.join(import.meta.dirname, 'RESULTS.md')

const USAGE = `npm run bench -- NAME [--small] [--rounds N] [--from-source] [-- MIRRORFORM-FLAG…]

${Object.entries(BENCHES)
  .map(([name, { description }]) => `  ${name.padEnd(17)}${description}`)
  .join('\n')}

  --small        a few seconds of work, to see that it runs; nothing is written
  --rounds N     timed runs of each side
  --from-source  run mirrorform through tsx instead of building it; nothing is written
  FLAGS          added to every mirrorform command; nothing is written
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      small: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      'from-source': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [name, ...flags] = positionals
  const bench = name === undefined ? undefined : BENCHES[name]
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (values.help || name === undefined || bench === undefined || (rounds !== undefined && !(rounds >= 1))) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  const missing = skipWithout('docker-registry', 'skopeo')
  if (missing !== false) {
    process.stderr.write(`the benches compare with real programs: ${missing}\n`)
    return 1
  }
  const { small } = values
  const mirrorform = prepareMirrorform(values['from-source'])
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const report = await bench.run({ small, rounds, mirrorform, flags, say })
  const section = renderReport(name, report, {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: describeVersions(mirrorform.version),
  })
  process.stdout.write(`${section}\n`)
  if (!small && !values['from-source'] && flags.length === 0)
    writeFileSync(RESULTS, putSection(readResults(), section))
  return 0
}

function readResults(): string {
  try {
    return readFileSync(RESULTS, 'utf8')
  } catch {
    return ''
  }
}

// Leaving by `exit` lets programs be ended and folders be removed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
