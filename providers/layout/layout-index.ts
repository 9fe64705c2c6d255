/**
 * The index of a layout folder, kept in step with its file: read again when another program replaced it, and changed as
 * a whole, one change after the other.
 */
import { readFile, stat } from 'node:fs/promises'
import { PlaceError } from '../../lib/errors.ts'
import { isRecord } from '../../lib/oci/json.ts'
import { inBatches } from './batches.ts'
import { EMPTY_INDEX, formatIndexFile, type IndexFile, parseIndexFile } from './index-file.ts'
import { isMissing, writeWhole } from './landing.ts'
import { indexPath, LAYOUT_VERSION, markerPath } from './paths.ts'

type IndexChange = (index: IndexFile) => IndexFile

export class LayoutIndex {
  readonly #folder: string
  #seen: { readonly index: IndexFile; readonly stamp: string } | undefined
  readonly #enqueue = inBatches<IndexChange>(changes => this.#apply(changes))

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The index as it is now; the same object while the file is the same.
   *
   * @throws PlaceError when the folder is no layout or is damaged.
   */
  async read(): Promise<IndexFile> {
    const index = await this.#current()
    if (index === undefined)
      throw new PlaceError(`there is no OCI layout in ${this.#folder}`, {
        status: 404,
        hint: 'a layout folder has the files oci-layout and index.json; check the path',
      })
    return index
  }

  /** Like `read`, but a folder without a layout counts as an empty one. */
  async readOrEmpty(): Promise<IndexFile> {
    return (await this.#current()) ?? EMPTY_INDEX
  }

  /** Makes the folder a layout where it is none yet. */
  create(): Promise<void> {
    return this.change(index => index)
  }

  /** Resolves once the change, a pure function, is on disk; the layout is created when there is none. */
  change(change: IndexChange): Promise<void> {
    return this.#enqueue(change)
  }

  async #apply(changes: readonly IndexChange[]): Promise<void> {
    const before = await this.#current()
    if (before === undefined) await this.#create()
    const after = changes.reduce((index, change) => change(index), before ?? EMPTY_INDEX)
    if (after === before) return
    const file = indexPath(this.#folder)
    await writeWhole(this.#folder, file, formatIndexFile(after))
    this.#seen = { index: after, stamp: (await stampOf(file)) ?? '' }
  }

  /** The index comes first: a folder whose marker is missing and whose index is empty is one that was being made. */
  async #create(): Promise<void> {
    await writeWhole(this.#folder, indexPath(this.#folder), formatIndexFile(EMPTY_INDEX))
    const marker = `${JSON.stringify({ imageLayoutVersion: LAYOUT_VERSION })}\n`
    await writeWhole(this.#folder, markerPath(this.#folder), marker)
  }

  async #current(): Promise<IndexFile | undefined> {
    const file = indexPath(this.#folder)
    const stamp = await stampOf(file)
    if (this.#seen !== undefined && this.#seen.stamp === stamp) return this.#seen.index
    const marked = await this.#checkMarker()
    if (stamp === undefined) {
      if (!marked) return undefined
      throw new PlaceError(`cannot read the OCI layout in ${this.#folder}: index.json is missing`, {
        hint: 'the folder has an oci-layout file, so something removed its index; restore it or use a new folder',
      })
    }
    const index = parseIndexFile(await readFile(file, 'utf8'), file)
    if (!marked && index.entries.length === 0) return undefined
    if (!marked)
      throw new PlaceError(`cannot read the OCI layout in ${this.#folder}: the file oci-layout is missing`, {
        hint: 'without it other tools do not take the folder for a layout; check the path, or restore the file',
      })
    this.#seen = { index, stamp }
    return index
  }

  /** Whether the folder says that it is a layout of a version we know. */
  async #checkMarker(): Promise<boolean> {
    const file = markerPath(this.#folder)
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
    const version = markerVersion(text)
    if (version?.startsWith('1.')) return true
    throw new PlaceError(
      `cannot read the OCI layout: ${file}: ${version ? `version ${version} is unknown` : 'it is not a layout marker'}`,
      {
        hint: `it should say {"imageLayoutVersion": "${LAYOUT_VERSION}"}`,
      },
    )
  }
}

function markerVersion(text: string): string | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isRecord(json) && typeof json.imageLayoutVersion === 'string' ? json.imageLayoutVersion : undefined
  } catch {
    return undefined
  }
}

/** Changes whenever the file is replaced. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
