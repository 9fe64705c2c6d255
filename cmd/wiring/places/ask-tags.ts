/** Asks registries which tags they have, for lists that choose tags without naming them. */
import pLimit from 'p-limit'
import { ConfigError, type Problem } from '../../../lib/config/index.ts'
import type { TagAnswer, tagsToAsk } from '../../../lib/config/lists/index.ts'
import { messageOf } from '../../../lib/errors.ts'
import { repositoryName } from '../../../lib/oci/reference.ts'
import { oncePerKey } from '../../../lib/once-per-key.ts'
import { canListTags, type Sources } from '../../../lib/provider.ts'

type Choices = ReturnType<typeof tagsToAsk>

/** Repositories asked at once. */
const CONCURRENCY = 8

/** What could not be asked, and why. */
interface Unanswered {
  readonly failure: string
}

/**
 * One answer for each choice; each repository is asked once.
 *
 * @param path of the list
 * @throws ConfigError with every choice whose registry did not answer: an image set that lacks them for that alone would
 *   plan to delete what they stand for
 */
export async function askTags(
  choices: Choices,
  sources: Sources,
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<Choices[number], TagAnswer>> {
  const limit = pLimit(CONCURRENCY)
  const once = oncePerKey<string, TagAnswer | Unanswered>()
  const asked = await Promise.all(
    choices.map(async choice => {
      const { repository } = choice
      const ask = () => limit(() => answerOf(repository, sources, signal))
      return { choice, answer: await once(repositoryName(repository), ask) }
    }),
  )
  const problems: Problem[] = []
  const answers = new Map<Choices[number], TagAnswer>()
  for (const { choice, answer } of asked)
    if ('failure' in answer) problems.push(problemOf(choice, answer, path))
    else answers.set(choice, answer)
  if (problems.length > 0) throw new ConfigError(problems)
  return answers
}

function problemOf({ place }: Choices[number], { failure }: Unanswered, path: string): Problem {
  return {
    kind: 'unsupported',
    path,
    ...place,
    message: failure,
    hint: 'nothing was written; try again, write the tags out, or take the entry out of the list',
  }
}

async function answerOf(
  reference: Choices[number]['repository'],
  sources: Sources,
  signal: AbortSignal,
): Promise<TagAnswer | Unanswered> {
  try {
    const reader = sources.open({ kind: 'registry', reference })
    if (!canListTags(reader)) return { missing: 'it cannot say which tags it has' }
    const found = await reader.tags(signal)
    return found === undefined ? { missing: 'there is no such repository' } : { tags: found.tags }
  } catch (error) {
    signal.throwIfAborted()
    return { failure: messageOf(error) }
  }
}
