/**
 * Charts rendered by a `helm` of the user's choice: `helm template` of one packaged chart, for who trusts it more than our own
 * rendering, or compares the two. It is given nothing of the user's: no configuration, plugins, cluster or proxy, and no way
 * to the network.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ChartRenderer, HELM_RELEASE, KUBERNETES_VERSION } from '../../lib/content/helm/index.ts'
import { messageOf, PlanError, UsageError } from '../../lib/errors.ts'

export interface HelmBinaryOptions {
  readonly binary: string
  /** The variables of this process: only what finds programs is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds that one chart may take. */
  readonly timeout?: number
}

export interface HelmBinary extends ChartRenderer {
  /** What it calls itself: `v3.19.0+g3d8990f`. */
  readonly version: string
  close(): Promise<void>
}

/** The largest real charts take a second or two. */
const TIMEOUT = 60_000
/** Characters of what helm prints: rendered charts, and complaints. */
const MAX_OUTPUT = 64 * 1024 * 1024
const MAX_COMPLAINT = 2000
/** Nobody listens there: a chart's schema may name documents of the network. */
const NOWHERE = 'http://127.0.0.1:1'

/** @throws UsageError when it is not there, or is no helm */
export async function openHelmBinary(options: HelmBinaryOptions, signal: AbortSignal): Promise<HelmBinary> {
  const home = await mkdtemp(path.join(tmpdir(), 'mirrorform-helm-'))
  const run = (args: readonly string[]) => runHelm(args, home, options, signal)
  const close = () => rm(home, { recursive: true, force: true })
  let charts = 0
  try {
    const version = (await run(['version', '--short'])).trim().split('\n', 1)[0] ?? ''
    return {
      version,
      close,
      async render(archive, what) {
        const file = path.join(home, `${charts++}.tgz`)
        await writeFile(file, archive)
        try {
          return await run(['template', HELM_RELEASE, file, ...ARGUMENTS])
        } catch (cause) {
          signal.throwIfAborted()
          throw new PlanError(`helm cannot render ${what}: ${complaintOf(cause)}`, {
            cause,
            hint: 'without --helm-binary charts are rendered as far as they go with their own values',
          })
        } finally {
          await rm(file, { force: true })
        }
      },
    }
  } catch (cause) {
    await close()
    signal.throwIfAborted()
    throw new UsageError(`--helm-binary ${options.binary} is no helm: ${complaintOf(cause)}`, {
      cause,
      hint: 'give the path of a helm 3, or leave the option out: no helm is needed',
    })
  }
}

const ARGUMENTS = ['--include-crds', '--namespace', 'default', '--kube-version', KUBERNETES_VERSION] as const

function runHelm(
  args: readonly string[],
  home: string,
  { binary, env, timeout = TIMEOUT }: HelmBinaryOptions,
  signal: AbortSignal,
): Promise<string> {
  const variables = {
    PATH: env.PATH,
    HOME: home,
    TMPDIR: home,
    HELM_CACHE_HOME: path.join(home, 'cache'),
    HELM_CONFIG_HOME: path.join(home, 'config'),
    HELM_DATA_HOME: path.join(home, 'data'),
    HELM_PLUGINS: path.join(home, 'plugins'),
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
  }
  const settings = { cwd: home, env: variables, timeout, maxBuffer: MAX_OUTPUT, signal }
  return new Promise((resolve, reject) => {
    execFile(
      path.isAbsolute(binary) || !binary.includes('/') ? binary : path.resolve(binary),
      args,
      settings,
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else if (error.killed === true) reject(new Error(`it took longer than ${timeout / 1000} seconds`))
        else reject(stderr.trim() === '' ? error : new Error(stderr.trim(), { cause: error }))
      },
    ).stdin?.end()
  })
}

function complaintOf(cause: unknown): string {
  return messageOf(cause).slice(0, MAX_COMPLAINT)
}
