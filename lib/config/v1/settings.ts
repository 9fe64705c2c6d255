/**
 * What only an image set of oc-mirror v1 says. Its presence on an image set (`ImageSet.v1`), a catalog
 * (`OperatorSection.v1`) or the releases (`PlatformSection.v1`) is what tells that the rules of v1 hold for it: for what is
 * chosen, and for the names at the destination.
 */
import type { Reference } from '../../oci/reference.ts'

export interface V1Settings {
  /** Where v1 kept what earlier runs had mirrored; absent where it worked without. */
  readonly storage?: V1Storage
}

/** `storageConfig`; of two the local one wins (oc-mirror v1). */
export type V1Storage =
  /** A folder as written, relative to where v1 was run; the metadata is `publish/.metadata.json` in it. */
  | { readonly kind: 'local'; readonly path: string; readonly place: string }
  /** An image with the metadata in its one layer; the tag is `latest` where none was written. */
  | {
      readonly kind: 'registry'
      readonly reference: Reference
      readonly skipTls: boolean
      /** `imageset.yaml:4` */
      readonly place: string
    }

export interface V1Catalog {
  /**
   * How v1 identifies the catalog in its metadata, and with the registry taken off its name at the destination:
   * `registry.example/my-ns/my-catalog:v9`. `targetCatalog` and `targetTag` of the section already say the same.
   */
  readonly uniqueName: string
}

export interface V1Platform {
  readonly rules: 'v1'
}
