/**
 * What a template that cannot be rendered still tells: `image:` lines that are written out, and the images in the values it
 * names. That may be more than it would use, and may miss some; whoever asks says so in the plan.
 */
import { goText } from '../template/go-format.ts'
import { type Dict, isDict, isList, isNothing, type Value } from '../template/value.ts'

/** `image: quay.io/acme/app:1`, with or without quotes, in a list or not. */
const IMAGE_LINE = /^[ \t]*-?[ \t]*["']?image["']?:[ \t]+(["']?)([^\s"'{}#]+)\1[ \t]*(?:#.*)?$/gm
const NAMED_VALUES = /\.Values((?:\.\w+)+)/g

export function readStatically(source: string, values: Dict): readonly string[] {
  return [...new Set([...imageLines(source), ...imagesOfNamedValues(source, values)])]
}

export function imageLines(text: string): readonly string[] {
  return [...text.matchAll(IMAGE_LINE)].map(([, , image = '']) => image).filter(image => /[/:]/.test(image))
}

function imagesOfNamedValues(source: string, values: Dict): readonly string[] {
  const named = new Set([...source.matchAll(NAMED_VALUES)].map(([, path = '']) => path))
  const mentioned = (path: string): boolean =>
    [...named].some(
      name => name === path || name.startsWith(`${path}.`) || (path.startsWith(`${name}.`) && name !== ''),
    )
  const all = imagesBelow(values, '')
  return all.filter(({ path }) => mentioned(path)).map(({ image }) => image)
}

interface ImageValue {
  /** `.server.image` */
  readonly path: string
  readonly image: string
}

function imagesBelow(value: Value, path: string): readonly ImageValue[] {
  if (isList(value)) return value.flatMap(item => imagesBelow(item, path))
  if (!isDict(value)) return []
  const own = imageOf(value)
  const inner = [...value].flatMap(([key, each]) => {
    const at = `${path}.${key}`
    const isWritten = key === 'image' && typeof each === 'string' && /[/:]/.test(each) && own === undefined
    return isWritten ? [{ path: at, image: each }] : imagesBelow(each, at)
  })
  return own === undefined ? inner : [{ path, image: own }, ...inner]
}

/** `registry`, `repository` (or `image`, `name`) and `tag` or `digest`, side by side. */
function imageOf(value: Dict): string | undefined {
  const repository = textIn(value, 'repository') ?? textIn(value, 'image')
  const tag = textIn(value, 'tag')
  const digest = textIn(value, 'digest')
  if (repository === undefined || (tag === undefined && digest === undefined)) return undefined
  const registry = textIn(value, 'registry')
  const name = registry === undefined ? repository : `${registry}/${repository}`
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

function textIn(value: Dict, key: string): string | undefined {
  const found = value.get(key)
  if (isNothing(found) || isDict(found) || isList(found)) return undefined
  const text = goText(found)
  return text === '' ? undefined : text
}
