/** What a section of an image set came down to, and why: a part of the plan that a person reads. */

export interface Selection {
  /** `channel stable-4.16 (x86_64)`, `package web-terminal, catalog registry.example/index:v4.16` */
  readonly title: string
  /** In the order of versions. */
  readonly kept: readonly Kept[]
  /** What a reviewer should weigh: a missing hop, the risk of a conditional update. */
  readonly remarks: readonly string[]
}

export interface Kept {
  /** `4.16.8`, `web-terminal.v1.9.0` */
  readonly name: string
  /** `head of the channel`, `requested`, `on the way from 4.15.9 to 4.16.8` */
  readonly why: string
}

/** What a collector of a content kind hands on. */
export interface Collected<Image> {
  readonly images: readonly Image[]
  readonly selections: readonly Selection[]
  readonly notes: readonly string[]
}
