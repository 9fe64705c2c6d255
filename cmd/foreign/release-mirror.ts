/**
 * `adm release mirror`: what `oc adm release mirror` does, as a plan that is applied. The release is verified first, what is
 * there already is not sent again, and at the end the same instructions are printed.
 */
import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import { releaseImagePlace, repositoriesOf } from '../../lib/content/release/mirror-release.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import { releaseInstructions } from '../../lib/resources/release-instructions.ts'
import { signatureFile, signatureFileName } from '../../lib/resources/signature-file.ts'
import { compareText, formatTarget } from '../../lib/target.ts'
import type { Command, Invocation } from '../invocation.ts'
import {
  type CollectedRelease,
  collectReleaseMirror,
  type ReleaseMirrorRequest,
  releaseMirrorInput,
  releaseOnDisk,
} from '../wiring/content/collect-release-mirror.ts'
import { openDisk } from '../wiring/places/disk-images.ts'
import { shellLine, tellEquivalent } from './equivalent.ts'
import { mirrorWanted, readingOnly } from './mirror-wanted.ts'
import { checkFlags, ownCommand, placeArguments, placeWords, readingWords } from './oc-flags.ts'
import { RELEASE_MIRROR_FLAGS, type ReleaseMirrorArguments } from './release-mirror-flags.ts'
import {
  placeText,
  type ReleaseMirrorWish,
  releaseMirrorWish,
  repositoryText,
} from './release-mirror-wish.ts'
import { checkFolder, writeFiles } from './write-files.ts'

export const run: Command<ReleaseMirrorArguments> = async (args, invocation) => {
  const { output } = invocation
  checkFlags(RELEASE_MIRROR_FLAGS, args, output)
  const wish = releaseMirrorWish(args)
  const request = await requestOf(wish, args)
  if (args.toMirror) return printMapping(wish, request, args, invocation)
  if (wish.signatureFolder !== undefined)
    await checkFolder(wish.signatureFolder, '--release-image-signature-to-dir')
  tellMapping(wish, args, invocation)
  let found: CollectedRelease | undefined
  const input = releaseMirrorInput(request, placeArguments(args), release => {
    found = release
  })
  const { ignoreReleaseSignature } = args
  const code = await mirrorWanted(input, wish.target, args, invocation, { ignoreReleaseSignature })
  if (code !== 0 || found === undefined) return code
  const signatureFolder = await writeSignatures(found, wish, args, invocation)
  output.print(`\n${args.dryRun ? 'Dry run: nothing was changed' : 'Success'}`)
  output.print(instructionsFor(found, wish, args, signatureFolder))
  return code
}

async function requestOf(
  { from, fromText, choice }: ReleaseMirrorWish,
  { ignoreReleaseSignature }: ReleaseMirrorArguments,
): Promise<ReleaseMirrorRequest> {
  const opened = from.kind === 'disk' ? { ...from, disk: await openDisk(from.folder) } : from
  return { from: opened, name: fromText, choice, verify: !ignoreReleaseSignature }
}

/** `SRC DST` lines, sorted by destination; nothing is written anywhere. */
async function printMapping(
  wish: ReleaseMirrorWish,
  request: ReleaseMirrorRequest,
  args: ReleaseMirrorArguments,
  invocation: Invocation,
): Promise<number> {
  const place = placeArguments(args)
  const { from } = request
  const release = await readingOnly(
    place,
    named => (from.kind === 'disk' ? releaseOnDisk(from, named) : named),
    invocation,
    places => collectReleaseMirror(request, place, places, invocation),
  )
  const pairs = release.images.map(image => ({
    source: formatSource(image.source),
    destination: placeText(wish, image),
  }))
  const sorted = pairs.toSorted((a, b) => compareText(a.destination, b.destination))
  for (const { source, destination } of sorted) invocation.output.print(`${source} ${destination}`)
  await invocation.output.document({ format: 'mirrorform-mapping', version: 1, mapping: sorted })
  return 0
}

/** What images of a release are copied where is a mapping, which any other command can carry out. */
function tellMapping(
  { from, fromText, target }: ReleaseMirrorWish,
  args: ReleaseMirrorArguments,
  { output }: Invocation,
): void {
  if (target.kind !== 'registry' || from.kind === 'disk') return
  const { to = '', toReleaseImage, skipReleaseImage, ignoreReleaseSignature } = args
  const release = [
    ...['mirrorform', 'adm', 'release', 'mirror', `--from=${fromText}`, `--to=${to}`],
    ...(toReleaseImage === undefined ? [] : [`--to-release-image=${toReleaseImage}`]),
    ...(skipReleaseImage ? ['--skip-release-image'] : []),
    ...(ignoreReleaseSignature ? ['--ignore-release-signature'] : []),
    ...readingWords(args),
    '--to-mirror',
  ]
  const command = args.dryRun ? 'plan' : 'apply'
  const words = [...ownCommand(command, args), '--mapping', 'release.txt', '--to', formatTarget(target)]
  tellEquivalent(output, [
    `${shellLine(release)} > release.txt`,
    [...words, '--skip-deletes', ...(args.dryRun ? [] : ['--yes']), ...placeWords(args, command)],
  ])
}

/** @returns the folder, where there is something in it to apply */
async function writeSignatures(
  { payload, signatures }: CollectedRelease,
  { signatureFolder }: ReleaseMirrorWish,
  { dryRun }: ReleaseMirrorArguments,
  { output }: Invocation,
): Promise<string | undefined> {
  if (signatureFolder === undefined || signatures.length === 0) return undefined
  const path = join(signatureFolder, signatureFileName(payload.digest))
  if (dryRun) {
    output.note(`Signature ConfigMap would be written to ${path}`)
    return signatureFolder
  }
  const inBase64 = signatures.map(({ bytes }) => Buffer.from(bytes).toString('base64'))
  const file = { name: signatureFileName(payload.digest), text: signatureFile(payload.digest, inBase64) }
  await writeFiles(signatureFolder, [file], '--release-image-signature-to-dir', output.note)
  output.note(`Configmap signature file ${path} created`)
  return signatureFolder
}

function instructionsFor(
  release: CollectedRelease,
  wish: ReleaseMirrorWish,
  args: ReleaseMirrorArguments,
  signatureFolder: string | undefined,
): string {
  const { target, choice, instructions } = wish
  const { to, toReleaseImage } = choice
  const repositories = [to.repository, ...(toReleaseImage === undefined ? [] : [toReleaseImage.repository])]
  const isRegistry = target.kind === 'registry'
  const updateImage = placeText(wish, releaseImagePlace(release, choice))
  const told = releaseInstructions({
    kind: isRegistry ? instructions : 'none',
    updateImage,
    prefixes: [
      args.to ?? repositoryText(target, to.repository),
      ...(toReleaseImage === undefined ? [] : [placeText(wish, toReleaseImage)]),
    ],
    isTemplate: to.template !== undefined,
    sources: repositoriesOf(release),
    mirrors: [...new Set(repositories.map(repository => repositoryText(target, repository)))],
    signatureFolder,
  })
  return isRegistry ? told : `${told}\n\n${uploadText(updateImage, args)}`
}

/** What is typed on the other side. */
function uploadText(image: string, { toDir = '.' }: ReleaseMirrorArguments): string {
  const words = ['mirrorform', 'adm', 'release', 'mirror', `--from-dir=${toDir}`, `--from=${image}`]
  return [
    'To upload local images to a registry, run:',
    '',
    `    ${shellLine(words)} --to=REGISTRY/REPOSITORY`,
    '',
  ].join('\n')
}
