/**
 * `--mapping` -> a wanted input of the plan, and the target it is for: without `--to` that is the one host that all
 * lines go to.
 */
import { existsSync } from 'node:fs'
import { parseConfiguration } from '../../../lib/config/index.ts'
import { FILES, hostsOf, type Mapping } from '../../../lib/content/mapping/index.ts'
import { UsageError } from '../../../lib/errors.ts'
import type { Invocation } from '../../invocation.ts'
import type { MappingArguments } from '../mapping/mapping-arguments.ts'
import { mappedOptions, mappingInput, readMappings } from '../mapping/mapping-input.ts'
import { readText } from '../read-text.ts'
import { MIRROR_FILE, type TargetArguments } from '../target/target-arguments.ts'
import type { WantedInput } from '../wanted-inputs.ts'

/** @throws UsageError, ConfigError, PlaceError */
export async function mappingsAndTarget(
  args: TargetArguments & MappingArguments & { readonly mapping: readonly string[] },
  invocation: Pick<Invocation, 'stdin'>,
): Promise<{ readonly to: string | undefined; readonly input: WantedInput }> {
  const loaded = await readMappings(args.mapping, args.fromDir, invocation)
  return { to: await targetOf(args, loaded.mappings), input: mappingInput(loaded, mappedOptions(args)) }
}

/** As it was said, or as the kind: Mirror file says; else the one host of the mappings. */
async function targetOf(args: TargetArguments, mappings: readonly Mapping[]): Promise<string | undefined> {
  const isSaid = args.to !== undefined || args.target !== undefined || args.mirrorFile !== undefined
  if (isSaid || (await namesMirror(args.config))) return args.to
  const [host, ...others] = hostsOf(mappings)
  if (host === FILES && others.length === 0)
    throw new UsageError('the mappings go to file://, and nothing says to which folder', {
      hint: 'keep them in a layout, --to oci://DIR; for an archive to carry, name the registry it is for in the mappings: --to file://DIR --for docker://HOST',
    })
  if (host !== undefined && others.length === 0) return `docker://${host}`
  throw new UsageError(`the mappings go to ${[host, ...others].join(', ')}, and a plan is for one target`, {
    hint: `plan for each: ${[host, ...others].map(each => `--to docker://${each}`).join(', ')}`,
  })
}

async function namesMirror(config: readonly string[] | undefined): Promise<boolean> {
  if (config === undefined) return existsSync(MIRROR_FILE)
  const [path, ...others] = config
  if (path === undefined || others.length > 0) return false
  return parseConfiguration({ path, text: await readText(path, 'configuration') }).kind === 'Mirror'
}
