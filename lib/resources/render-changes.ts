/**
 * Changes of a folder -> the text a reviewer reads: each file that changes with a unified diff, and whether applying it
 * restarts nodes.
 */
import { formatPatch, type StructuredPatch, structuredPatch } from 'diff'
import { countOf, PLAIN_STYLE, printable, type Style, shortenEnd } from '../report/index.ts'
import { type FileChange, isChange } from './folder-changes.ts'
import { mirrorNamedIn } from './marker.ts'
import { restartsNodes } from './resource.ts'

export interface ChangesRendering {
  readonly style?: Style
  /** Columns; what is longer (signatures in base64) is cut. */
  readonly width: number
}

/** Lines of unchanged text around a change. */
const CONTEXT = 3
const RESTARTS = 'applying it restarts nodes, one after the other'

/** @param folder as the user names it */
export function renderChanges(
  folder: string,
  changes: readonly FileChange[],
  { style = PLAIN_STYLE, width }: ChangesRendering,
): string {
  const changing = changes.filter(isChange)
  if (changing.length === 0) return `Resources in ${printable(folder)}: unchanged`
  const unchanged = changes.length - changing.length
  const title = `Resources in ${printable(folder)}: ${countOf(changing.length, 'file')} to change, ${unchanged} unchanged`
  return [title, ...changing.flatMap(change => ['', ...changeLines(folder, change, style, width)])].join('\n')
}

/** Whether nodes restart when the change is applied. */
export function changeRestartsNodes(change: FileChange): boolean {
  switch (change.do) {
    case 'create':
    case 'replace':
      return restartsNodes(change.file)
    case 'remove':
    case 'keep':
    case 'leave':
      return false
    default:
      return change satisfies never
  }
}

function changeLines(folder: string, change: FileChange, style: Style, width: number): readonly string[] {
  const restart = changeRestartsNodes(change) ? `   ${style.warning(RESTARTS)}` : ''
  const title = `${signOf(change, style)} ${style.strong(printable(change.path))}${restart}`
  // The same object stands in the YAML file of the same name.
  if (change.path.endsWith('.json')) return [title]
  const [before, after] = textsOf(change)
  const patch = patchOf(`${folder}/${change.path}`.replace(/^\/+/, ''), before, after)
  const lines = formatPatch(patch)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('====='))
  return [title, ...lines.map(line => colored(shortenEnd(printable(line), width), style))]
}

function signOf(change: FileChange, style: Style): string {
  switch (change.do) {
    case 'create':
      return style.added('+')
    case 'remove':
      return style.removed('−')
    default:
      return style.changed('~')
  }
}

function textsOf(change: FileChange): readonly [before: string, after: string] {
  switch (change.do) {
    case 'create':
      return ['', change.file.text]
    case 'replace':
      return [change.before, change.file.text]
    case 'remove':
      return [change.before, '']
    case 'keep':
      return [change.file.text, change.file.text]
    case 'leave':
      return ['', '']
    default:
      return change satisfies never
  }
}

function patchOf(path: string, before: string, after: string): StructuredPatch {
  const names = [before === '' ? '/dev/null' : `a/${path}`, after === '' ? '/dev/null' : `b/${path}`] as const
  return structuredPatch(...names, before, after, undefined, undefined, { context: CONTEXT })
}

function colored(line: string, style: Style): string {
  if (line.startsWith('---') || line.startsWith('+++') || line.startsWith('@@')) return style.faint(line)
  if (line.startsWith('+')) return style.added(line)
  return line.startsWith('-') ? style.removed(line) : line
}

/** What becomes of files of ours that somebody changed, and of those that are about another mirror. */
export function folderWarnings(folder: string, changes: readonly FileChange[]): readonly string[] {
  return [...otherMirrors(folder, changes), ...handMadeWarnings(folder, changes)]
}

function otherMirrors(folder: string, changes: readonly FileChange[]): readonly string[] {
  const others = changes.flatMap(change => {
    const before = change.do === 'replace' ? mirrorNamedIn(change.before) : undefined
    return change.do !== 'replace' || before === mirrorNamedIn(change.file.text) ? [] : (before ?? [])
  })
  return [...new Set(others)].map(
    other => `${folder} held the resources of ${other}, which are replaced: two mirrors need two folders`,
  )
}

function handMadeWarnings(folder: string, changes: readonly FileChange[]): readonly string[] {
  return changes.flatMap(change => {
    const name = `${folder}/${change.path}`
    if (change.do === 'replace' && change.edited) return [`${name} was changed by hand; it is written anew`]
    return change.do === 'leave' ? [`${name} is no longer made; it was changed by hand and stays`] : []
  })
}

/** For JSON documents: what becomes of each file. */
export function changesDocument(changes: readonly FileChange[]): readonly {
  readonly path: string
  readonly change: FileChange['do']
  readonly restartsNodes: boolean
}[] {
  return changes.map(change => ({
    path: change.path,
    change: change.do,
    restartsNodes: changeRestartsNodes(change),
  }))
}
