/** What is looked for in an image, and how much of it may be kept. */

/** Paths are relative to the image's root, normalised, without a leading slash: `release-manifests/image-references`. */
export interface FileQuery {
  /**
   * Whether the file at this path is to be kept. Called for files and links to files, not for directories; what lies in a
   * folder is asked for by the folder's own path, not by way of links to the folder. The same path, the same answer.
   */
  wanted(path: string): boolean
  /**
   * Once all of these are found (or are known not to be there) no lower layer is read. Default: all layers are read.
   * These, where they are wanted, are found also by way of links to folders.
   */
  readonly until?: readonly string[]
  /** The longest wanted file, bytes. */
  readonly maxFileBytes: number
  /** All wanted files together, bytes. */
  readonly maxTotalBytes: number
  /** One layer, unpacked, bytes; default 16 GiB. */
  readonly maxLayerBytes?: number
}
