/**
 * A cold copy of very many small images: three layers of a few kilobytes each, so that it is all about how many requests
 * are made and how many wait for each other, with and without a round trip of 20 ms for every wait.
 */
import { coldCopy } from './cold-copy.ts'

const SHARED_AND_OWN = {
  baseBytes: [3000, 6000],
  ownLayers: 1,
  ownBytes: [500, 2000],
  multiArch: false,
} as const

export const manySmall = coldCopy({
  description: '2,000 images of three small layers each, registry to registry, against skopeo sync',
  full: { ...SHARED_AND_OWN, families: 200, imagesEach: 10 },
  small: { ...SHARED_AND_OWN, families: 3, imagesEach: 4 },
  counted: { ...SHARED_AND_OWN, families: 10, imagesEach: 10 },
  rounds: 1,
  promisedRatio: 4,
  limits:
    'the processors, and of their time what the registries take: each blob and each manifest is several small files to docker-registry, whoever sends it. skopeo does one image after the other and so leaves cores idle, but never more than half of two.',
})

export const farManySmall = coldCopy({
  description: 'many-small, with source and target a round trip of 20 ms away: half an hour',
  full: { ...SHARED_AND_OWN, families: 200, imagesEach: 10 },
  small: { ...SHARED_AND_OWN, families: 3, imagesEach: 4 },
  counted: { ...SHARED_AND_OWN, families: 10, imagesEach: 10 },
  far: true,
  rounds: 1,
  promisedRatio: 4,
  limits:
    'the processors, of which the registries take most, once so many requests are under way that nobody waits for the link.',
})
