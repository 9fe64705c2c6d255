import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['bench', 'cmd', 'lib', 'providers', 'state', 'testdata'] as const
const MAX_LINES = 300
const EMPTY_NAMES = /utils?|(?<!credential-)helpers?|common|manager|misc/i

/** The rooms of lib: each may import those before it. */
const ROOMS = ['oci', 'config', 'content', 'graph', 'files', 'plan', 'apply', 'report', 'resources']
/** Plain shapes and interfaces that every room may name. */
const CONTRACTS = ['lib/errors.ts', 'lib/target.ts', 'lib/provider.ts', 'lib/state.ts', 'lib/graph/graph.ts']
/** What each top-level folder may import, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  state: ['lib'],
  providers: ['lib'],
  cmd: ['lib', 'providers', 'state'],
  testdata: ['lib', 'providers', 'state'],
  bench: ['lib', 'providers', 'state', 'testdata', 'cmd'],
}

interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string
  readonly text: string
  /** Files of the project that it imports. */
  readonly imports: readonly string[]
  /** Packages and `node:` modules that it imports. */
  readonly packages: readonly string[]
}

const all = FOLDERS.flatMap(filesIn)
const sources = all.filter(({ path }) => !isTestCode(path))

function filesIn(folder: string): readonly SourceFile[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter(name => name.endsWith('.ts'))
    .map(name => readSource(`${folder}/${name.replaceAll('\\', '/')}`))
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const named = [...text.matchAll(/\b(?:from|import\(?)\s*'([^']+)'/g)].map(([, name = '']) => name)
  const isOurs = (name: string) => name.startsWith('.')
  return {
    path,
    text,
    imports: named.filter(isOurs).map(name => normalize(join(dirname(path), name)).replaceAll('\\', '/')),
    packages: named.filter(name => !isOurs(name)),
  }
}

/** Tests, what only tests use, and the demo, which is built of what tests use. */
function isTestCode(path: string): boolean {
  return /\.test\.ts$|^testdata\/|^cmd\/demo\/|^cmd\/e2e|\/testing\/|\/arbitraries\.ts$/.test(path)
}

function partOf(path: string, at: number): string {
  return path.split('/')[at] ?? ''
}

/** `a -> b` for every import that breaks a rule. */
function wrongImports(isWrong: (from: string, to: string) => boolean): readonly string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter(to => isWrong(path, to)).map(to => `${path} -> ${to}`),
  )
}

test('imports point one way: lib knows nobody, providers and state know lib, the command line wires them', () => {
  const wrong = wrongImports((from, to) => {
    const [here, there] = [partOf(from, 0), partOf(to, 0)]
    return here !== there && MAY_IMPORT[here]?.includes(there) !== true
  })
  assert.deepEqual(wrong, [])
})

test('providers do not know each other, but for folders, what serves a layout and what speaks HTTP as the registry client does', () => {
  const known = ['archive -> layout', 'embedded -> layout', 'oc-mirror -> layout', 'web -> registry']
  const wrong = wrongImports((from, to) => {
    if (partOf(from, 0) !== 'providers' || partOf(to, 0) !== 'providers') return false
    const [here, there] = [partOf(from, 1), partOf(to, 1)]
    return here !== there && there !== 'folders.ts' && !known.includes(`${here} -> ${there}`)
  })
  assert.deepEqual(wrong, [])
})

test('the rooms of lib follow each other: oci, config, content, graph, files, plan, apply, report, resources', () => {
  const rankOf = (path: string) => ROOMS.indexOf(partOf(path, 1))
  const wrong = wrongImports((from, to) => {
    const isInside = partOf(from, 0) === 'lib' && !CONTRACTS.includes(to)
    return isInside && !CONTRACTS.includes(from) && rankOf(to) > rankOf(from)
  })
  assert.deepEqual(wrong, [])
  const rooms = new Set(
    sources.filter(({ path }) => path.startsWith('lib/')).map(({ path }) => partOf(path, 1)),
  )
  assert.deepEqual(
    [...rooms].filter(room => !room.endsWith('.ts') && !ROOMS.includes(room)),
    [],
  )
})

test('the contracts of lib import only each other and lib/oci', () => {
  const wrong = wrongImports(
    (from, to) => CONTRACTS.includes(from) && !CONTRACTS.includes(to) && partOf(to, 1) !== 'oci',
  )
  assert.deepEqual(wrong, [])
})

test('lib does no I/O: no files, no network, no processes', () => {
  const io = /^(undici|node:(fs|http|http2|https|net|tls|dns|child_process|worker_threads)(\/.*)?)$/
  const wrong = sources.flatMap(({ path, packages }) =>
    path.startsWith('lib/') ? packages.filter(name => io.test(name)).map(name => `${path} -> ${name}`) : [],
  )
  assert.deepEqual(wrong, ['lib/config/schema/write.ts -> node:fs'])
})

test('no file imports itself by a detour', () => {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) circles.push([...way.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of importsOf.keys()) visit(path, [])
  assert.deepEqual(circles, [])
})

test('every source file begins by saying what it is for', () => {
  const silent = sources.filter(({ path, text }) => {
    const isIndex = basename(path) === 'index.ts' && !/^(?!export |\s|\}|\/)/m.test(text)
    return !isIndex && !text.replace(/^#!.*\n/, '').startsWith('/**')
  })
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  )
})

test(`no file is longer than ${MAX_LINES} lines`, () => {
  const long = all.filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  )
})

test('every file name says what is in the file', () => {
  assert.deepEqual(
    all.map(({ path }) => path).filter(path => EMPTY_NAMES.test(path)),
    [],
  )
})
