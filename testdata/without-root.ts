/**
 * For tests of what a user may not do, when they run as root, who may do anything: the work is done with the rights of
 * nobody, and root's come back afterwards. For anybody else it is done as it is.
 */

/** The user id of `nobody` on Linux and the BSDs; what matters is that it is not 0 and owns nothing. */
const NOBODY = 65_534

/** Nothing else may happen in this process meanwhile. */
export async function withoutRoot<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  process.seteuid?.(NOBODY)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}
