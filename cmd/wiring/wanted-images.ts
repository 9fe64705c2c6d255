/** From image set files to placed images: reads, checks all files together, expands, blocks and names. */

import { ConfigError, type ImageSet, type Problem, parseImageSet } from '../../lib/config/index.ts'
import { collectAdditionalImages, isBlocked } from '../../lib/content/images/index.ts'
import type { WantedImage } from '../../lib/content/wanted.ts'
import { UsageError } from '../../lib/errors.ts'
import { formatSource, type PlacedImage, placeImages, placeRepository } from '../../lib/graph/naming.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import type { PlanInput } from '../../lib/plan/plan.ts'
import { formatDestination, type TargetAddress } from '../../lib/target.ts'
import { readText } from './read-text.ts'

export interface WantedSet {
  readonly images: readonly PlacedImage[]
  readonly inputs: readonly PlanInput[]
  /** Images that a blockedImages entry keeps out. */
  readonly notes: readonly string[]
}

export interface LoadedImageSets {
  readonly imageSets: readonly ImageSet[]
  readonly inputs: readonly PlanInput[]
}

/** @throws ConfigError with the problems of all files, UsageError when there is no file or one cannot be read. */
export async function loadImageSets(paths: readonly string[]): Promise<LoadedImageSets> {
  if (paths.length === 0)
    throw new UsageError('no image set', {
      hint: 'name one with -c FILE, or write a first one with `mirrorform init`',
    })
  const imageSets: ImageSet[] = []
  const inputs: PlanInput[] = []
  const problems: Problem[] = []
  for (const path of paths) {
    const text = await readText(path, 'image set')
    inputs.push({ path, digest: digestOf(text) })
    try {
      imageSets.push(parseImageSet({ path, text }))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { imageSets, inputs }
}

export async function collectWanted(
  paths: readonly string[],
  target: TargetAddress,
  maxNestedPaths: number,
): Promise<WantedSet> {
  const { imageSets, inputs } = await loadImageSets(paths)
  const notes: string[] = []
  const wanted = imageSets.flatMap(imageSet =>
    collectAdditionalImages(imageSet).filter(image => {
      const source = formatSource(image.source)
      const repository = placeRepository(target, image.repository, maxNestedPaths)
      const destination = formatDestination(target, { repository, tag: image.tag })
      const rule = isBlocked(imageSet.blocked, source, destination)
      if (rule !== undefined) notes.push(`${source} is left out: blockedImages says ${rule.text}`)
      return rule === undefined
    }),
  ) satisfies readonly WantedImage[]
  return { images: placeImages(target, wanted, maxNestedPaths), inputs, notes }
}
