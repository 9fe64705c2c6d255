/** `list operators`: what a catalog offers, one of its packages or a channel. Reads the catalog image and nothing else. */
import { parseImageSource } from '../../lib/config/image-source.ts'
import { type OpenCatalog, readCatalog } from '../../lib/content/operator/catalog/index.ts'
import { type OfferedPackage, offeredPackages, versionOf } from '../../lib/content/operator/offer.ts'
import { hintOf, messageOf, PlanError, UsageError } from '../../lib/errors.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import { parseTag, pullBy } from '../../lib/oci/reference.ts'
import type { ImageSource } from '../../lib/provider.ts'
import {
  type OperatorsRendering,
  renderChannels,
  renderPackages,
  renderVersions,
} from '../../lib/report/operators-text.ts'
import { openFactCache } from '../../providers/cache/fact-cache.ts'
import { openDatabase } from '../../providers/sqlite/index.ts'
import type { Command, Invocation } from '../invocation.ts'
import { cacheFolder, openReading, type PlaceArguments } from '../wiring/places/open-places.ts'

export interface ListOperatorsArguments extends PlaceArguments {
  readonly catalog?: string | undefined
  readonly package?: string | undefined
  readonly channel?: string | undefined
  readonly versions: boolean
}

export const run: Command<ListOperatorsArguments> = async (args, invocation) => {
  const { output, width } = invocation
  if (args.channel !== undefined && args.package === undefined)
    throw new UsageError('--channel needs --package as well', {
      hint: 'channels of different packages have the same names',
    })
  const source = catalogSource(args.catalog)
  const name = formatSource(source)
  const { digest, model } = await openCatalog(source, name, args, invocation)
  const packages = offeredPackages(model, name, args)
  output.print(render(packages, name, args, { style: output.style, width }))
  await output.document({
    format: 'mirrorform-operators',
    version: 1,
    catalog: name,
    digest,
    packages: packages.map(each => packageFacts(each, args)),
  })
  return 0
}

/** Not left to the options, which would name nothing, nor say that an option like it is misspelt. */
function catalogSource(text: string | undefined): ImageSource {
  if (text === undefined)
    throw new UsageError('--catalog is missing', {
      hint: 'name one, for instance --catalog=registry.redhat.io/redhat/redhat-operator-index:v4.16; beside it are certified-operator-index, community-operator-index and redhat-marketplace-index',
    })
  try {
    return parseImageSource(text)
  } catch (cause) {
    throw new UsageError(`--catalog: ${messageOf(cause)}`, { cause, hint: hintOf(cause) })
  }
}

async function openCatalog(
  source: ImageSource,
  name: string,
  args: ListOperatorsArguments,
  invocation: Invocation,
): Promise<OpenCatalog> {
  const { env, home, interrupts } = invocation
  const signal = interrupts.soft.signal
  const places = await openReading(args, invocation)
  try {
    const reader = places.sources.open(source)
    const asked = source.kind === 'registry' ? pullBy(source.reference) : (source.tag ?? parseTag('latest'))
    const found = await reader.resolve(asked, signal)
    if (found === undefined)
      throw new PlanError(`catalog ${name}: there is no such image`, {
        hint: 'look at its name and at its tag, for instance registry.redhat.io/redhat/redhat-operator-index:v4.16',
      })
    const facts = openFactCache(args.cacheDir ?? cacheFolder(env, home))
    const context = { cache: places.cache, facts, openDatabase }
    return await readCatalog({ reader, digest: found.digest, name }, context, signal)
  } finally {
    await places.close()
  }
}

function render(
  packages: readonly OfferedPackage[],
  catalog: string,
  args: ListOperatorsArguments,
  rendering: OperatorsRendering,
): string {
  const { channel, versions } = args
  const [only] = packages
  if (channel !== undefined && only !== undefined)
    return renderVersions(`${only.name} of ${catalog}, channel ${channel}`, only, rendering)
  if (versions)
    return packages.map(each => renderVersions(`${each.name} of ${catalog}`, each, rendering)).join('\n\n')
  if (args.package !== undefined && only !== undefined) return renderChannels(catalog, only, rendering)
  return renderPackages(catalog, packages, rendering)
}

function packageFacts(offered: OfferedPackage, { channel, versions }: ListOperatorsArguments): object {
  const { name, defaultChannel, deprecation, channels } = offered
  return {
    name,
    ...(defaultChannel !== undefined && { defaultChannel }),
    ...(deprecation !== undefined && { deprecation }),
    bundles: offered.versions.length,
    channels: channels.map(({ heads, ...each }) => ({
      ...each,
      heads: heads.map(bundle => ({ bundle, version: versionOf(offered, bundle) })),
    })),
    ...((versions || channel !== undefined) && { versions: offered.versions }),
  }
}
