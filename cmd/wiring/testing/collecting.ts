/** Texts of image sets in, wanted images out: as plan and import collect them, from places that tests put together. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseTarget } from '../../../lib/target.ts'
import type { OperatorArguments } from '../content/collect-operators.ts'
import type { CollectingPlaces, ContentArguments } from '../content/collect-releases.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import { collectWanted, loadImageSets, type WantedSet } from '../wanted-images.ts'

/** What tests give in place of the options and policies that nothing was said about. */
export type Given = Partial<ContentArguments & OperatorArguments & TargetChoice>

const CHOICE: TargetChoice = {
  address: parseTarget('docker://reg.lan/ns'),
  statePath: 'state.json',
  imageSets: [],
  maxNestedPaths: 0,
  platformIndex: 'sparse',
  signatures: 'copy-if-present',
  conditionalUpdates: 'allow',
  operatorSelection: 'documented',
  protect: [],
  maxDeletePercent: 20,
}

/** Writes one file for each text into the folder, which is the home too, and collects them for `reg.lan/ns`. */
export async function collectTexts(
  folder: string,
  texts: readonly string[],
  places: CollectingPlaces['places'],
  given: Given = {},
  env: NodeJS.ProcessEnv = {},
): Promise<WantedSet> {
  const files = texts.map((text, at) => {
    const file = path.join(folder, `set-${at}.yaml`)
    writeFileSync(file, text)
    return file
  })
  const never = new AbortController()
  const interrupts = { soft: never, hard: never, dispose: () => {} }
  return collectWanted(
    await loadImageSets(files),
    {
      srcTlsVerify: true,
      destTlsVerify: true,
      cacheDir: path.join(folder, 'cache'),
      retryTimes: 0,
      ignoreReleaseSignature: false,
      ...given,
    },
    { ...CHOICE, ...given },
    { places, invocation: { env, home: folder, interrupts }, held: [] },
  )
}
