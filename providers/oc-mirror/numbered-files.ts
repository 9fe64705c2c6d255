/**
 * The files of an archive in the order they were written, and the numbers that are missing between them. Neither version
 * of oc-mirror says how many files there are, so only gaps can be told.
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { compareText } from '../../lib/target.ts'

export interface NumberedFile {
  readonly path: string
  /** The number that its name ends in. */
  readonly number: number
  /** The number before that one; 0 where names have only one. */
  readonly sequence: number
}

/** `mirror_000001.tar` (oc-mirror v2). */
export const V2_FILE: RegExp = /mirror_(?<number>\d{6})\.tar$/
/** `mirror_seq1_000000.tar` (oc-mirror v1). */
export const V1_FILE: RegExp = /mirror_seq(?<sequence>\d{1,9})_(?<number>\d{6})\.tar$/

/**
 * By sequence, number and name.
 *
 * @param only names in the folder that count; default all
 * @throws PlaceError when the folder cannot be read.
 */
export async function findNumberedFiles(
  folder: string,
  pattern: RegExp,
  only?: readonly string[],
): Promise<readonly NumberedFile[]> {
  const names =
    only ??
    (await readdir(folder).catch(cause => {
      throw new PlaceError(`cannot read the folder ${folder}`, {
        cause,
        hint: 'check that it is a folder and that you may read it',
      })
    }))
  return names
    .toSorted(compareText)
    .flatMap(name => {
      const groups = pattern.exec(name)?.groups
      if (groups === undefined) return []
      const { number, sequence } = groups
      return { path: path.join(folder, name), number: Number(number), sequence: Number(sequence ?? 0) }
    })
    .sort((a, b) => a.sequence - b.sequence || a.number - b.number)
}

/** The numbers that are not there although a higher one is. At most a hundred. */
export function gapsIn(numbers: Iterable<number>, first: number): readonly number[] {
  const there = new Set(numbers)
  const gaps: number[] = []
  for (let at = first; at < Math.max(first, ...there) && gaps.length < 100; at++)
    if (!there.has(at)) gaps.push(at)
  return gaps
}
