/**
 * Images made of real files of this checkout, as a small company might publish them: several layers, several
 * architectures, a layer that two of them share, a signature, and one in the older Docker format.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Built, buildCosignSignature, buildImage, buildIndex } from '../../testdata/images.ts'
import type { LayerFiles } from '../../testdata/layers.ts'
import { pushToServer } from '../../testdata/push.ts'

export interface Published {
  readonly repository: string
  readonly tag: string
  readonly image: Built
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PLATFORMS = ['amd64', 'arm64', 's390x'] as const
/** What a ustar header can name, less the folder that is put in front. */
const MAX_PATH = 80

/** @param url the registry to publish in */
export async function publishFirst(url: string): Promise<void> {
  const web = webShop('1.0')
  const signature = buildCosignSignature(web.manifest.digest)
  const published: readonly Published[] = [
    { repository: 'shop/web', tag: 'stable', image: web },
    { repository: 'shop/web', tag: signature.tag, image: signature },
    {
      repository: 'shop/api',
      tag: '2.1',
      image: multiArch([base(), filesOf('node_modules/ajv/dist')], 'api 2.1'),
    },
    { repository: 'tools/backup', tag: '1.4', image: backup() },
  ]
  for (const { repository, tag, image } of published) await pushToServer(url, repository, tag, image)
}

/** A new image, and another one under the tag `stable`. */
export async function publishLater(url: string): Promise<void> {
  await pushToServer(url, 'shop/web', 'stable', webShop('1.1'))
  await pushToServer(url, 'tools/audit', '3.0', multiArch([filesOf('node_modules/yaml/dist')], 'audit 3.0'))
}

function webShop(version: string): Built {
  return multiArch([base(), filesOf('node_modules/re2js')], `web ${version}`)
}

function backup(): Built {
  return buildImage({
    layers: [filesOf('node_modules/yargs'), { 'etc/release': 'backup 1.4\n' }],
    mediaTypes: 'docker',
  })
}

function base(): LayerFiles {
  return filesOf('node_modules/undici')
}

/** The same layers for each platform, and one of its own. */
function multiArch(layers: readonly LayerFiles[], release: string): Built {
  return buildIndex(
    PLATFORMS.map(architecture =>
      buildImage({
        layers: [...layers, { 'etc/release': `${release} for linux/${architecture}\n` }],
        platform: { os: 'linux', architecture },
      }),
    ),
  )
}

/** Every file below a folder of the checkout. */
function filesOf(folder: string): LayerFiles {
  const top = join(ROOT, folder)
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter(name => name.length <= MAX_PATH && statSync(join(top, name)).isFile())
  return Object.fromEntries(
    files.map(name => [`opt/${name.replaceAll('\\', '/')}`, readFileSync(join(top, name))]),
  )
}
