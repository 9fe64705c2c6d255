/** `adm release extract`: what `oc adm release extract --command` does, with its flags, as `extract` of mirrorform. */
import { UsageError } from '../../lib/errors.ts'
import { run as extract } from '../commands/extract.ts'
import type { Command } from '../invocation.ts'
import { tellEquivalent } from './equivalent.ts'
import { namedRelease } from './named-release.ts'
import { checkFlags, ownCommand, placeArguments, placeWords } from './oc-flags.ts'
import { RELEASE_EXTRACT_FLAGS, type ReleaseExtractArguments } from './release-extract-flags.ts'

export const run: Command<ReleaseExtractArguments> = async (args, invocation) => {
  checkFlags(RELEASE_EXTRACT_FLAGS, args, invocation.output)
  const { to, command, commandOs, icspFile, idmsFile } = args
  const release = namedRelease(
    args,
    'name it: REG/REPO:4.16.8-x86_64; mirrorform asks no cluster for its own',
  )
  if (command === undefined)
    throw new UsageError('no command', { hint: 'name it with --command: openshift-install, oc, ccoctl …' })
  if (icspFile !== undefined && idmsFile !== undefined)
    throw new UsageError('--icsp-file and --idms-file exclude each other', { hint: 'give one of them' })
  tellEquivalent(invocation.output, [
    [
      ...ownCommand('extract', args),
      ...[release, '--command', command],
      ...(commandOs === undefined ? [] : ['--command-os', commandOs]),
      ...(icspFile === undefined ? [] : ['--icsp-file', icspFile]),
      ...(idmsFile === undefined ? [] : ['--idms-file', idmsFile]),
      ...(to === '.' ? [] : ['--to', to]),
      ...placeWords(args, 'extract'),
    ],
  ])
  return extract({ ...args, ...placeArguments(args), release, command, to }, invocation)
}
