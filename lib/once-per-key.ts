/**
 * Work that several ask for and that is done once: whoever asks for the same key, at the same time or later, gets the
 * same result. What failed is forgotten, and done again for whoever asks next.
 */

/** The work goes on with what the first caller gave it, its signal included. */
export function oncePerKey<K, V>(): (key: K, work: () => Promise<V>) => Promise<V> {
  const begun = new Map<K, Promise<V>>()
  return (key, work) => {
    const known = begun.get(key)
    if (known !== undefined) return known
    const result = work()
    begun.set(key, result)
    result.catch(() => begun.delete(key))
    return result
  }
}
