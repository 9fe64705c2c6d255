/** `extract`: a command out of a mirrored release, told that the release is in the mirror. */
import { createHash } from 'node:crypto'
import { checkCommand, extractCommand } from '../../lib/content/release/extract/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { canonicalArchitecture, formatPlatform, type Platform } from '../../lib/oci/platform.ts'
import { formatBytes } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { type ExtractFromArguments, findRelease } from '../wiring/target/find-release.ts'
import { checkFolder, writeCommand } from '../wiring/write-command.ts'

export interface ExtractArguments extends ExtractFromArguments {
  readonly command: string
  readonly commandOs?: string | undefined
  readonly to: string
}

export const run: Command<ExtractArguments> = async (args, invocation) => {
  const { output, interrupts } = invocation
  checkCommand(args.command)
  const runsOn = args.commandOs === undefined ? thisMachine() : platformOf(args.commandOs)
  if (/^(docker|oci|file):\/\//.test(args.to))
    throw new UsageError(`--to ${args.to} is no folder`, {
      hint: '--to is where the command goes; name the mirror with --state, or --target of a kind: Mirror file',
    })
  await checkFolder(args.to)
  const release = await findRelease(args, invocation)
  try {
    const { payload, cache, pin, notes } = release
    const extracted = await extractCommand(
      { ...release, command: args.command, runsOn },
      cache,
      interrupts.soft.signal,
    )
    const file = await writeCommand(args.to, extracted.name, extracted.bytes)
    for (const note of [...notes, ...extracted.notes]) output.note(note)
    const { told, bytes } = extracted
    output.print(
      `${file}: ${args.command} of ${payload.version} for ${formatPlatform(runsOn)}, ${formatBytes(bytes.length)}`,
    )
    output.print(`From ${release.name} (${payload.digest})`)
    if (told.image !== undefined) output.print(`Pinned to ${told.image}`)
    await output.document({
      format: 'mirrorform-extract',
      version: 1,
      file,
      command: args.command,
      platform: formatPlatform(runsOn),
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      release: {
        name: release.name,
        version: payload.version,
        architecture: payload.architecture,
        reference: pin,
      },
      told,
    })
    return 0
  } finally {
    await release.close()
  }
}

/** What `--command-os` calls systems otherwise than Go and OCI do. */
const SYSTEMS: Readonly<Record<string, string>> = { mac: 'darwin', macos: 'darwin', win32: 'windows' }
/** Where Node's names are others. */
const MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', ppc64: 'ppc64le' }

function thisMachine(): Platform {
  const { platform, arch } = process
  return { os: SYSTEMS[platform] ?? platform, architecture: MACHINES[arch] ?? arch }
}

/** `linux` is linux/amd64 (`oc adm release extract`). @throws UsageError */
function platformOf(text: string): Platform {
  const [os = '', architecture = 'amd64', ...more] = text.split('/')
  if (os === '' || architecture === '' || more.length > 0)
    throw new UsageError(`--command-os "${text}" is not OS or OS/ARCH`, {
      hint: 'for instance linux, linux/arm64, mac/arm64 or windows',
    })
  return { os: SYSTEMS[os] ?? os, architecture: canonicalArchitecture(architecture) }
}
