/** Image sets as users write them, from a list of images. */

export interface ImageEntry {
  readonly name: string
  readonly targetRepo?: string
  readonly targetTag?: string
  /** `os/architecture` */
  readonly platforms?: readonly string[]
}

/** @param blocked entries of blockedImages; those that are objects are regular expressions */
export function imageSetText(
  images: readonly (string | ImageEntry)[],
  blocked: readonly (string | { readonly name: string })[] = [],
): string {
  const additionalImages = images.map(image => {
    const { platforms, ...entry } = typeof image === 'string' ? { name: image } : image
    if (platforms === undefined) return entry
    const parts = platforms.map(text => text.split('/'))
    return { ...entry, platforms: parts.map(([os, architecture]) => ({ os, architecture })) }
  })
  // JSON is YAML.
  return JSON.stringify(
    {
      apiVersion: 'mirror.openshift.io/v2alpha1',
      kind: 'ImageSetConfiguration',
      mirror: { additionalImages, ...(blocked.length > 0 && { blockedImages: blocked }) },
    },
    undefined,
    2,
  )
}
