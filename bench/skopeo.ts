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
  return sync(folder, ['--src', 'yaml', '--dest', 'docker', writeList(folder, source, images), target])
}

/** Into a `dir:` folder for each image below `disc`. @throws Error with what it said when it fails */
export function skopeoToFolder(
  folder: string,
  source: string,
  disc: string,
  images: readonly PushedImage[],
): Promise<ProgramRun> {
  return sync(folder, ['--src', 'yaml', '--dest', 'dir', writeList(folder, source, images), disc])
}

/** What `skopeoToFolder` wrote. @throws Error with what it said when it fails */
export function skopeoFromFolder(folder: string, disc: string, target: string): Promise<ProgramRun> {
  return sync(folder, ['--src', 'dir', '--dest', 'docker', disc, target])
}

function sync(cwd: string, way: readonly string[]): Promise<ProgramRun> {
  return runProgram('skopeo', [ANY_IMAGE, 'sync', '--all', ...RETRIES, ...PLAIN, ...way], { cwd })
}

/** @returns the path of the list */
function writeList(folder: string, source: string, images: readonly PushedImage[]): string {
  const tags = Map.groupBy(images, image => image.repository)
  const lines = [...tags].map(
    ([repository, each]) => `    ${repository}: [${each.map(({ tag }) => JSON.stringify(tag)).join(', ')}]`,
  )
  const list = path.join(folder, 'images.yaml')
  writeFileSync(list, `${[`"${source}":`, '  tls-verify: false', '  images:', ...lines].join('\n')}\n`)
  return list
}

/** @param source and `target`: `host/repository:tag` */
export function skopeoCopy(folder: string, source: string, target: string): Promise<ProgramRun> {
  const args = [ANY_IMAGE, 'copy', '--all', ...RETRIES, ...PLAIN, `docker://${source}`, `docker://${target}`]
  return runProgram('skopeo', args, { cwd: folder })
}
