/** `validate`: checks input files, without any network. */
import { ConfigError, type Problem, parseConfiguration } from '../../lib/config/index.ts'
import { UsageError } from '../../lib/errors.ts'
import { countOf, renderProblems } from '../../lib/report/index.ts'
import type { Command } from '../invocation.ts'
import { readText } from '../wiring/read-text.ts'

export interface ValidateArguments {
  readonly config?: readonly string[] | undefined
  readonly files?: readonly string[] | undefined
}

export const run: Command<ValidateArguments> = async (args, { output }) => {
  const paths = [...(args.config ?? []), ...(args.files ?? [])]
  if (paths.length === 0) throw new UsageError('no file to check', { hint: 'name one with -c FILE' })
  const problems: Problem[] = []
  const ofV1: string[] = []
  for (const path of paths) {
    try {
      const read = parseConfiguration({ path, text: await readText(path, 'image set') })
      if (read.kind === 'ImageSetConfiguration' && read.imageSet.v1 !== undefined) ofV1.push(path)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
    }
  }
  output.print(
    problems.length === 0
      ? `${countOf(paths.length, 'file')} checked: no problems.`
      : renderProblems(problems, output.style),
  )
  for (const path of ofV1)
    output.print(
      `${path} is an image set of oc-mirror v1, and is planned by its rules; \`mirrorform migrate -c ${path}\` rewrites it for v2.`,
    )
  await output.document({
    format: 'mirrorform-validation',
    version: 1,
    files: paths,
    valid: problems.length === 0,
    problems,
    ...(ofV1.length > 0 && { ofV1 }),
  })
  return problems.length === 0 ? 0 : 1
}
