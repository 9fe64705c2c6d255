/**
 * On what and with what a result was measured: enough to judge the numbers, and nothing that names the machine.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'

/** `2 cores (AMD EPYC), 24 GiB memory, Debian GNU/Linux 12 (bookworm), Linux 6.1.0` */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim()
  const cores = availableParallelism()
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    `${cores} ${cores === 1 ? 'core' : 'cores'}${model ? ` (${model})` : ''}`,
    `${memory} GiB memory`,
    ...distributionName(),
    `${type()} ${release()}`,
  ].join(', ')
}

/** `node 24.1.0, skopeo 1.9.3, docker-registry 2.8.2, mirrorform 0.1.0` */
export function describeVersions(mirrorform: string): string {
  return [
    `node ${process.versions.node}`,
    `skopeo ${versionOf('skopeo')}`,
    `docker-registry ${versionOf('docker-registry')}`,
    `mirrorform ${mirrorform}`,
  ].join(', ')
}

function distributionName(): readonly string[] {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    return name === undefined ? [] : [name]
  } catch {
    return []
  }
}

function versionOf(program: 'skopeo' | 'docker-registry'): string {
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' })
  return /\d+\.\d+\.\d+\S*/.exec(said)?.[0] ?? said.trim()
}
