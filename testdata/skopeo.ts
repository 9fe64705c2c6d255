/**
 * `skopeo`, the second opinion of end-to-end tests: what it reads from a registry or a layout is what any other tool
 * reads. It runs with a home of its own, so that nothing of this machine's configuration plays a part.
 */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { type CliWorkspace, cleanEnvironment } from './run-cli.ts'

const execute = promisify(execFile)

/** @returns what it printed. @throws Error with what it said, when it fails. */
export async function skopeo(workspace: CliWorkspace, ...args: readonly string[]): Promise<Buffer> {
  const temporary = path.join(workspace.root, 'run')
  const { stdout } = await execute('skopeo', ['--insecure-policy', '--tmpdir', temporary, ...args], {
    encoding: 'buffer',
    env: cleanEnvironment(workspace.root),
    maxBuffer: 2 ** 24,
  })
  return stdout
}

/** The digest of a manifest's bytes as skopeo gets them. @param place `docker://host/repository:tag`, `oci:folder:tag` */
export async function rawDigest(
  workspace: CliWorkspace,
  place: string,
  ...options: readonly string[]
): Promise<Digest> {
  const tls = place.startsWith('docker:') ? ['--tls-verify=false'] : []
  return digestOf(await skopeo(workspace, 'inspect', '--raw', ...tls, ...options, place))
}

/**
 * Copies an image out of a registry: every blob is read and checked.
 *
 * @param platform `os/architecture`; default all of an index
 */
export async function copyOut(
  workspace: CliWorkspace,
  place: string,
  folder: string,
  platform?: string,
): Promise<void> {
  const [os = '', architecture = ''] = platform?.split('/') ?? []
  const chosen = platform === undefined ? [] : ['--override-os', os, '--override-arch', architecture]
  const all = platform === undefined ? ['--all'] : []
  await skopeo(workspace, ...chosen, 'copy', ...all, '--src-tls-verify=false', place, `dir:${folder}`)
}
