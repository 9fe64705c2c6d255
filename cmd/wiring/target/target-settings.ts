/** What the command line says of how registries are worked, and for the rest what the kind: Mirror file says for the target. */
import type { Route } from '../../../lib/plan/plan.ts'

export interface PaceArguments {
  readonly registriesConf?: string | undefined
  readonly maxRequestsPerSecond?: number | undefined
  readonly bandwidth?: string | undefined
}

export interface ParallelArguments {
  readonly parallelImages?: number | undefined
  readonly parallelLayers?: number | undefined
}

const PARALLEL_IMAGES = 8
const PARALLEL_LAYERS = 12

/** The arguments with what the route adds to them. */
export function withRoute<A extends PaceArguments & ParallelArguments>(args: A, route: Route | undefined): A {
  const { registriesConf, limits } = route ?? {}
  return {
    ...args,
    registriesConf: args.registriesConf ?? registriesConf,
    maxRequestsPerSecond: args.maxRequestsPerSecond ?? limits?.maxRequestsPerSecond,
    bandwidth: args.bandwidth ?? limits?.bandwidth,
    parallelImages: args.parallelImages ?? limits?.parallelImages,
    parallelLayers: args.parallelLayers ?? limits?.parallelLayers,
  }
}

/** Images, and blobs over all images, in work at once. */
export function parallelOf({
  parallelImages = PARALLEL_IMAGES,
  parallelLayers = PARALLEL_LAYERS,
}: ParallelArguments): { readonly images: number; readonly layers: number } {
  return { images: parallelImages, layers: parallelLayers }
}
