/** Files of one kind -> what they say, with the digest of each; what is wrong with any of them is told of all at once. */
import { ConfigError, type Problem } from '../../lib/config/index.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import type { PlanInput } from '../../lib/plan/plan.ts'
import { readText } from './read-text.ts'

/**
 * @param parse throws ConfigError for one that is wrong
 * @throws ConfigError with the problems of all files, UsageError when one cannot be read
 */
export async function readConfigurations<T>(
  paths: readonly string[],
  noun: 'image set' | 'configuration',
  parse: (file: { readonly path: string; readonly text: string }) => T,
): Promise<{ readonly parsed: readonly T[]; readonly inputs: readonly PlanInput[] }> {
  const parsed: T[] = []
  const inputs: PlanInput[] = []
  const problems: Problem[] = []
  for (const path of paths) {
    const text = await readText(path, noun)
    inputs.push({ path, digest: digestOf(text) })
    try {
      parsed.push(parse({ path, text }))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { parsed, inputs }
}
