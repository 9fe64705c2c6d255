/**
 * `oc image mirror` with its own command line: each registry that its mappings go to becomes one plan, which is applied
 * without asking and deletes nothing. `--dry-run` plans only.
 */
import { FILES, hostsOf, listFilter } from '../../lib/content/mapping/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { formatTarget, parseTarget, type TargetAddress } from '../../lib/target.ts'
import type { Command, Invocation, OutputArguments } from '../invocation.ts'
import { mappingInput, readMappings } from '../wiring/mapping/mapping-input.ts'
import { diskTarget } from '../wiring/places/disk-images.ts'
import { shellLine, tellEquivalent } from './equivalent.ts'
import { IMAGE_MIRROR_FLAGS, type ImageMirrorArguments } from './image-mirror-flags.ts'
import { mirrorWanted } from './mirror-wanted.ts'
import { checkFlags, ownCommand, placeWords } from './oc-flags.ts'

/** Where the words of the command line are written to, in what is told. */
const WORDS_FILE = 'image-mirror.txt'

export const run: Command<ImageMirrorArguments> = async (args, invocation) => {
  const { output } = invocation
  checkFlags(IMAGE_MIRROR_FLAGS, args, output)
  const words = args.words ?? []
  const files = (args.filename ?? []).flatMap(each => each.split(','))
  if (words.length + files.length === 0)
    throw new UsageError('neither SRC and DST nor a file with mappings was given', {
      hint: 'write SRC=DST, SRC DST [DST2 …], or -f FILE',
    })
  const line = words.length === 0 ? [] : [{ path: 'command line', text: words.join(' ') }]
  const loaded = await readMappings(files, fileRoot(args), invocation, line)
  const hosts = hostsOf(loaded.mappings)
  refuseTogether(args, hosts)
  const filter = filterOf(args)
  const named = [...(words.length > 0 ? [WORDS_FILE] : []), ...files]
  tellEquivalent(output, [
    ...(words.length > 0 ? [`${shellLine(['echo', words.join(' ')])} > ${WORDS_FILE}`] : []),
    ...hosts.map(host => equivalent(args, named, host, filter)),
  ])
  if (args.filterByOs === undefined && filter !== undefined)
    output.note(
      `Of lists only ${filter} is mirrored, as oc does here; --filter-by-os='.*' takes them whole, which clusters and signatures prefer.`,
    )
  const options = {
    filter: listFilter(filter, args.keepManifestList ?? false),
    tolerance: args.continueOnError ? 'failures' : args.skipMissing ? 'missing' : 'nothing',
  } as const
  let code = 0
  for (const host of hosts) {
    const mappings = loaded.mappings.filter(({ destination }) => destination.host === host)
    const input = mappingInput({ ...loaded, mappings }, options)
    const surroundings = hosts.length > 1 ? withoutDocument(invocation) : invocation
    const mirroring = mirrorWanted(input, targetOf(host, args.dir), args, surroundings)
    const done = await exitCodeOf(mirroring, args, invocation)
    code = Math.max(code, done, args.continueOnError && input.missed() > 0 ? 1 : 0)
  }
  return code
}

/** With `--continue-on-error` one registry that cannot be planned for does not keep the others waiting. */
async function exitCodeOf(
  mirroring: Promise<number>,
  { continueOnError }: ImageMirrorArguments,
  { output, interrupts }: Invocation,
): Promise<number> {
  try {
    return await mirroring
  } catch (error) {
    if (!continueOnError || interrupts.soft.signal.aborted) throw error
    output.error(error)
    return 1
  }
}

/** A document is of one plan; where there are several, nobody asked for one. */
function withoutDocument(invocation: Invocation): Invocation {
  return { ...invocation, output: { ...invocation.output, document: async () => {} } }
}

/** oc reads `file://` below the folder it stands in when nothing else is said. */
function fileRoot({ fromDir, dir }: ImageMirrorArguments): string {
  return fromDir ?? dir ?? '.'
}

/** oc's own default is the system it runs on; images are for Linux wherever that is. */
function filterOf({ filterByOs, keepManifestList }: ImageMirrorArguments): string | undefined {
  if (filterByOs !== undefined) return filterByOs
  return keepManifestList ? undefined : `linux/${architecture()}`
}

/** Node's names of architectures → those of images. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['ppc64', 'ppc64le'],
])

function architecture(): string {
  return ARCHITECTURES.get(process.arch) ?? process.arch
}

/** Where the images of a host go; those of `file://` into a folder. */
function targetOf(host: string, dir: string | undefined): TargetAddress {
  return host === FILES ? diskTarget(dir ?? '.') : parseTarget(`docker://${host}`)
}

function equivalent(
  args: ImageMirrorArguments,
  files: readonly string[],
  host: string,
  filter: string | undefined,
): readonly string[] {
  const command = args.dryRun ? 'plan' : 'apply'
  const skipsMissing = args.skipMissing || args.continueOnError
  const folder = args.fromDir ?? args.dir
  return [
    ...ownCommand(command, args),
    ...files.flatMap(file => ['--mapping', file]),
    ...['--to', formatTarget(targetOf(host, args.dir))],
    '--skip-deletes',
    ...(args.dryRun ? [] : ['--yes']),
    ...(filter === undefined ? [] : ['--filter-by-os', filter]),
    ...(args.keepManifestList ? ['--keep-manifest-list'] : []),
    ...(skipsMissing ? ['--skip-missing'] : []),
    ...(folder === undefined ? [] : ['--from-dir', folder]),
    ...placeWords(args, command),
  ]
}

function refuseTogether(
  { state, json, jsonInto }: ImageMirrorArguments & OutputArguments,
  hosts: readonly string[],
): void {
  if (hosts.length < 2) return
  const given =
    state !== undefined ? '--state' : json ? '--json' : jsonInto !== undefined ? '--json-into' : undefined
  if (given === undefined) return
  throw new UsageError(`${given} is for one registry, and the mappings go to ${hosts.join(', ')}`, {
    hint: 'run it for the mappings of each registry by itself',
  })
}
