/** `init`: a commented first image set, and the lines git needs for plans and states. Never overwrites. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../../lib/errors.ts'
import { replaceFile } from '../../state/index.ts'
import type { Command } from '../invocation.ts'

export interface InitArguments {
  readonly folder: string
}

const IMAGE_SET = 'imageset.yaml'

const IMAGE_SET_TEXT = `# yaml-language-server: $schema=https://mirrorform.dev/schema/imageset-v2alpha1.schema.json
# What the mirror should hold. Then:
#   mirrorform plan  -c imageset.yaml --to docker://registry.example.com:5000/mirror -o mirror.plan.json
#   mirrorform apply mirror.plan.json
# and commit the plan and the state to git.
apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
mirror:
  additionalImages:
    # By tag: each plan looks at where the tag points now, and shows a move when it moved.
    - name: registry.access.redhat.com/ubi9/ubi-minimal:latest
    # Only some platforms of a multi-arch image:
    # - name: docker.io/library/alpine:3.20
    #   platforms:
    #     - os: linux
    #       architecture: amd64
    # By digest, under a name and tag of your own:
    # - name: quay.io/example/tool@sha256:<64 hex characters>
    #   targetRepo: tools/tool
    #   targetTag: v1
  # OpenShift releases: every payload is verified, and all its components come with it.
  # platform:
  #   graph: true
  #   channels:
  #     # From version to version; shortestPath takes only what an update has to pass through:
  #     - name: stable-4.16
  #       minVersion: 4.16.2
  #       maxVersion: 4.16.8
  #       shortestPath: true
  # What must never be mirrored: references, or regular expressions as \`name:\`.
  # blockedImages:
  #   - docker.io/library/alpine
  #   - name: "-debug$"
`

/** Lines for git, by file. */
const GIT_LINES: Readonly<Record<string, readonly string[]>> = {
  '.gitattributes': ['*.state.json text eol=lf', '*.plan.json text eol=lf'],
  '.gitignore': ['*.state.json.lock', '*.state.json.journal', '*.state.json.*.tmp'],
}

export const run: Command<InitArguments> = async ({ folder }, { output }) => {
  const written: string[] = []
  await writeNew(join(folder, IMAGE_SET), IMAGE_SET_TEXT)
  written.push(IMAGE_SET)
  for (const [file, lines] of Object.entries(GIT_LINES))
    if (await addLines(join(folder, file), lines)) written.push(file)
  output.print(`Wrote ${written.join(', ')}. Edit ${IMAGE_SET}, then run:`)
  output.print(`  mirrorform plan -c ${IMAGE_SET} --to docker://HOST[/PREFIX] -o mirror.plan.json`)
  await output.document({ format: 'mirrorform-init', version: 1, folder, written })
  return 0
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new UsageError(`cannot write ${path}: ${exists ? 'it exists already' : String(cause)}`, {
      cause,
      hint: exists ? 'it was left as it is' : 'choose a folder that can be written to with --folder',
    })
  }
}

/** Adds the lines that are not there yet; false when all were. */
async function addLines(path: string, lines: readonly string[]): Promise<boolean> {
  const before = existsSync(path) ? await readFile(path, 'utf8') : ''
  const present = new Set(before.split(/\r?\n/))
  const missing = lines.filter(line => !present.has(line))
  if (missing.length === 0) return false
  const separator = before === '' || before.endsWith('\n') ? '' : '\n'
  await replaceFile(path, Buffer.from(`${before}${separator}${missing.join('\n')}\n`))
  return true
}
