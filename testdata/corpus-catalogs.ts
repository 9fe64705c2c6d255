/**
 * Real catalogs for tests: their files, with every image they name made anew. A made image cannot have the digest that a
 * document asks for, so digests are rewritten, the same digest everywhere to that of the same made image.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { SyntaxFault } from '../lib/errors.ts'
import { parseReference, type Reference } from '../lib/oci/reference.ts'
import { buildOperand, type CatalogContent } from './catalogs.ts'
import type { Built } from './images.ts'

const FOLDER = path.resolve(
  import.meta.dirname,
  '..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'fbc',
)

/** For the `skip` option of a test. */
export const skipWithoutCatalogs = existsSync(FOLDER) ? false : 'the corpus of catalogs is not here'

/** A file or a folder of the corpus, each begun by a part of its name: path below a configs root → text. */
export function corpusFiles(parts: readonly string[]): Readonly<Record<string, string>> {
  const names = readdirSync(FOLDER)
  return Object.fromEntries(
    parts.flatMap((part, at) => {
      const name = names.find(each => each.includes(part))
      if (name === undefined) throw new Error(`no catalog of the corpus has "${part}" in its name`)
      return filesBelow(path.join(FOLDER, name), `package-${at}`)
    }),
  )
}

function filesBelow(place: string, name: string): readonly (readonly [string, string])[] {
  if (statSync(place).isDirectory())
    return readdirSync(place).flatMap(each => filesBelow(path.join(place, each), `${name}/${each}`))
  const extension = path.extname(place)
  return [[name.endsWith(extension) ? name : `${name}/catalog${extension}`, readFileSync(place, 'utf8')]]
}

/** `"image": "…"` of JSON and `image: …` of YAML; what is quoted inside another text is not one of the catalog's own. */
const IMAGE = /^[ \t-]*"?image"?:[ \t]*"?([^\s",]+)/gm
const DIGEST = /sha256:[0-9a-f]{64}/g

/** Every reference by digest leads to a made image afterwards, and every reference by tag does. */
export function withMadeImages(files: Readonly<Record<string, string>>): CatalogContent {
  const made = new Map<string, Built>()
  const imageFor = (seed: string): Built => {
    const image = made.get(seed) ?? buildOperand(seed)
    made.set(seed, image)
    return image
  }
  const images = new Map<string, Built>()
  const rewritten = Object.entries(files).map(([name, text]) => {
    for (const [, reference = ''] of text.matchAll(IMAGE)) {
      const parsed = parsedReference(reference)
      if (parsed === undefined) continue
      const image = imageFor(parsed.digest ?? reference)
      images.set(reference.replace(DIGEST, image.manifest.digest), image)
    }
    return [name, text.replace(DIGEST, digest => made.get(digest)?.manifest.digest ?? digest)] as const
  })
  return { files: Object.fromEntries(rewritten), images }
}

function parsedReference(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}
