/**
 * A cold copy of a few dozen images that share layers and weigh some hundred megabytes, as those of a product do: between
 * registries on this machine, and between registries that are some way off.
 */
import { coldCopy } from './cold-copy.ts'

const MB = 1_000_000

const SMALL = {
  families: 2,
  imagesEach: 3,
  baseBytes: [20_000, 200_000],
  ownLayers: 2,
  ownBytes: [1000, 80_000],
  multiArch: true,
} as const

export const copy = coldCopy({
  description: 'cold copy of many images that share layers, registry to registry, against skopeo sync',
  full: {
    families: 10,
    imagesEach: 4,
    baseBytes: [8 * MB, 20 * MB],
    ownLayers: 3,
    ownBytes: [1 * MB, 3 * MB],
    multiArch: true,
  },
  small: SMALL,
  rounds: 3,
  promisedRatio: 2.5,
  limits:
    'the processors. Both registries run on the same cores, where taking in, hashing and serving the same bytes costs them more than the copy costs mirrorform; the least possible time of a column is what all of that work takes when no core is ever idle. With registries on other machines the network would be the limit.',
})

export const farCopy = coldCopy({
  description: 'copy, with source and target a round trip of 20 ms away',
  full: {
    families: 8,
    imagesEach: 4,
    baseBytes: [2 * MB, 5 * MB],
    ownLayers: 3,
    ownBytes: [250_000, 750_000],
    multiArch: true,
  },
  small: SMALL,
  far: true,
  rounds: 3,
  promisedRatio: 2.5,
  limits:
    'the steps that have to follow each other (contact, tags, manifests, configs, layers, manifests), each of them a round trip or two, and how many requests a registry is sent at once.',
})
