/** `why -c FILE`: which lines of the image sets ask for an image, as they stand now. */
import { parseConfiguration } from '../../../lib/config/index.ts'
import { linesAsking } from '../../../lib/content/asking-lines.ts'
import type { Origin } from '../../../lib/graph/graph.ts'
import { readText } from '../read-text.ts'
import { chooseTarget, type TargetArguments } from '../target/choose-target.ts'
import { loadImageSets } from '../wanted-images.ts'

/** @throws UsageError, ConfigError with everything that is wrong in them */
export async function askingLines(
  config: readonly string[],
  args: TargetArguments,
): Promise<(origin: Origin) => readonly string[]> {
  const paths = await imageSetPaths(config, args)
  if (paths.length === 0) return () => []
  const { imageSets } = await loadImageSets(paths)
  return origin => linesAsking(imageSets, origin)
}

/** Those given, or those that the one `kind: Mirror` file given names. */
async function imageSetPaths(config: readonly string[], args: TargetArguments): Promise<readonly string[]> {
  const [path, ...others] = config
  if (path === undefined || others.length > 0 || args.to !== undefined) return config
  const { kind } = parseConfiguration({ path, text: await readText(path, 'configuration') })
  return kind === 'Mirror' ? (await chooseTarget(args)).imageSets : config
}
