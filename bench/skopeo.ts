/**
 * skopeo, the peer: `skopeo sync` from a list of images in YAML, and `skopeo copy` for a single one. Both keep manifests
 * as they are and take all platforms, as mirrorform does.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PushedImage } from './images.ts'
import { type ProgramRun, runProgram } from './program.ts'

const ANY_IMAGE = '--insecure-policy'
const PLAIN = ['--src-tls-verify=false', '--dest-tls-verify=false']
/** As many as mirrorform makes by itself, so that a connection lost on the way ends neither side. */
const RETRIES = ['--retry-times', '5']

/** @throws Error with what it said when it fails */
export function skopeoSync(
  folder: string,
  source: string,
  target: string,
  images: readonly PushedImage[],
): Promise<ProgramRun> {
  const tags = Map.groupBy(images, image => image.repository)
  const lines = [...tags].map(
    ([repository, each]) => `    ${repository}: [${each.map(({ tag }) => JSON.stringify(tag)).join(', ')}]`,
  )
  const list = path.join(folder, 'images.yaml')
  writeFileSync(list, `${[`"${source}":`, '  tls-verify: false', '  images:', ...lines].join('\n')}\n`)
  const args = [
    ANY_IMAGE,
    'sync',
    '--all',
    ...RETRIES,
    ...PLAIN,
    '--src',
    'yaml',
    '--dest',
    'docker',
    list,
    target,
  ]
  return runProgram('skopeo', args, { cwd: folder })
}

/** @param source and `target`: `host/repository:tag` */
export function skopeoCopy(folder: string, source: string, target: string): Promise<ProgramRun> {
  const args = [ANY_IMAGE, 'copy', '--all', ...RETRIES, ...PLAIN, `docker://${source}`, `docker://${target}`]
  return runProgram('skopeo', args, { cwd: folder })
}
