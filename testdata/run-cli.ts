/**
 * The command line as a user meets it: a process of its own, in a folder of its own, with a home that holds nothing.
 * Nothing of whoever runs the tests (credentials, proxies, registries.conf, colours) reaches it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { TestEnd } from './temp.ts'

export interface CliResult {
  /** null when a signal ended the process. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Both, for assertion messages and for what must be in neither. */
  readonly output: string
}

export interface CliOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Typed into stdin, which then ends. */
  readonly input?: string
  /** Default: the work folder of the workspace. */
  readonly cwd?: string
}

/** A command that is still at work. */
export interface RunningCli {
  readonly pid: number
  readonly stdout: Readable
  kill(signal: NodeJS.Signals): void
  /** stdout and stderr so far. */
  said(): string
  /** Resolves once stdout or stderr has shown the text. @throws Error with what it said when it ends before that. */
  shows(text: string | RegExp): Promise<void>
  /** Resolves when the process has ended and all it said is there. */
  readonly ended: Promise<CliResult>
}

export interface CliWorkspace {
  /** Holds `work/` and `home/`: everything a run can have written. */
  readonly root: string
  /** Where commands run. */
  readonly folder: string
  readonly home: string
  path(...names: readonly string[]): string
  read(name: string): string
  /** Makes the folders above it too. @returns the whole path */
  write(name: string, text: string): string
  /** Runs to the end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
  start(args: readonly string[], options?: CliOptions): RunningCli
}

const { MIRRORFORM_TEST_PROGRAM: BUILT, MIRRORFORM_TEST_COMPILED: COMPILED } = process.env
/** What `npm test` built (program-for-tests.ts), or the sources. */
const PROGRAM =
  BUILT === undefined
    ? ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../cmd/main.ts', import.meta.url))]
    : [BUILT]

/**
 * Folders that go, and processes that are killed, when the test ends.
 *
 * @param env added to the environment of every command
 */
export function cliWorkspace(t: TestEnd, env: CliOptions['env'] = {}): CliWorkspace {
  const root = mkdtempSync(path.join(tmpdir(), 'mirrorform-cli-'))
  const [folder, home] = [path.join(root, 'work'), path.join(root, 'home')]
  for (const each of [folder, home, path.join(root, 'run')]) mkdirSync(each)
  writeFileSync(path.join(root, 'registries.conf'), '')
  const running = new Set<RunningCli>()
  t.after(async () => {
    for (const each of running) each.kill('SIGKILL')
    await Promise.all([...running].map(each => each.ended))
    await rm(root, { recursive: true, force: true, maxRetries: 3 })
  })
  const start = (args: readonly string[], options: CliOptions = {}): RunningCli => {
    const cli = startCli(args, {
      cwd: folder,
      ...options,
      env: { ...cleanEnvironment(root), ...env, ...options.env },
    })
    running.add(cli)
    void cli.ended.then(() => running.delete(cli))
    return cli
  }
  const at = (...names: readonly string[]): string => path.join(folder, ...names)
  return {
    root,
    folder,
    home,
    path: at,
    read: name => readFileSync(at(name), 'utf8'),
    write: (name, text) => {
      mkdirSync(path.dirname(at(name)), { recursive: true })
      writeFileSync(at(name), text)
      return at(name)
    },
    run: (args, options) => start(args, options).ended,
    start,
  }
}

/** Only what a process cannot do without, and a home below `root`. */
export function cleanEnvironment(root: string): Readonly<Record<string, string>> {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env
  const home = path.join(root, 'home')
  return {
    PATH,
    LANG,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_RUNTIME_DIR: path.join(root, 'run'),
    ...(COMPILED !== undefined && { NODE_COMPILE_CACHE: COMPILED }),
    // So that a registries.conf of this machine plays no part.
    CONTAINERS_REGISTRIES_CONF: path.join(root, 'registries.conf'),
  }
}

function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    process.execPath,
    [...PROGRAM, ...args],
    { cwd: options.cwd, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const said = { stdout: '', stderr: '' }
  const saidSoFar = (): string => `${said.stdout}\n${said.stderr}`
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      for (const listen of listeners) listen()
    })
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...said, output: saidSoFar() }))
  })
  const shows = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const found = (): boolean =>
        typeof text === 'string' ? saidSoFar().includes(text) : text.test(saidSoFar())
      const look = (): void => {
        if (!found()) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      void ended.then(({ output }) =>
        reject(new Error(`${args.join(' ')} ended without saying ${text}:\n${output}`)),
      )
    })
  return {
    pid: child.pid ?? 0,
    stdout: child.stdout,
    said: saidSoFar,
    kill: signal => void child.kill(signal),
    shows,
    ended,
  }
}
