/** `--samples-from` and `--samples-ca` → what a cluster says of its samples, and whom it is to trust. */
import type { SampleInventory } from '../../../lib/content/samples/index.ts'
import { UsageError } from '../../../lib/errors.ts'
import type { ResourceOptions } from '../../../lib/resources/index.ts'
import { readText } from '../read-text.ts'

export interface SampleArguments {
  readonly samplesFrom?: readonly string[] | undefined
}

export interface SampleResourceArguments extends SampleArguments {
  readonly samplesCa?: string | undefined
}

/** undefined where nobody named a file. @throws UsageError naming the file that cannot be read */
export async function readSampleFiles({
  samplesFrom = [],
}: SampleArguments): Promise<SampleInventory | undefined> {
  if (samplesFrom.length === 0) return undefined
  const { readInventory } = await import('../../../lib/content/samples/index.ts')
  const texts: (readonly [path: string, text: string])[] = []
  for (const path of samplesFrom) texts.push([path, await readText(path, 'samples')])
  return readInventory(texts)
}

/** @throws UsageError */
export async function sampleResources(
  args: SampleResourceArguments,
): Promise<Pick<ResourceOptions, 'samples'>> {
  const { samplesCa } = args
  const inventory = await readSampleFiles(args)
  if (inventory !== undefined) {
    const authority = samplesCa && { path: samplesCa, text: await readText(samplesCa, 'certificate') }
    return { samples: { inventory, ...(authority && { authority }) } }
  }
  if (samplesCa === undefined) return {}
  throw new UsageError('--samples-ca is for samples, and nothing says which the cluster has', {
    hint: 'give --samples-from FILE too',
  })
}
