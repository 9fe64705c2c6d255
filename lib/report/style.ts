/**
 * Colour as an argument: reports name what a piece of text *is*, and whoever prints decides what that looks like.
 *
 * Every role takes text without escape codes and may wrap it in some; none of them changes its visible width.
 */

export interface Style {
  /** Headings and names that should catch the eye. */
  readonly strong: (text: string) => string
  /** Details most readers skip. */
  readonly faint: (text: string) => string
  readonly added: (text: string) => string
  readonly changed: (text: string) => string
  readonly removed: (text: string) => string
  readonly repaired: (text: string) => string
  readonly failure: (text: string) => string
  readonly warning: (text: string) => string
  readonly hint: (text: string) => string
}

const asIs = (text: string): string => text

/** No colour at all: files, pipes, and terminals whose user asked for none. */
export const PLAIN_STYLE: Style = {
  strong: asIs,
  faint: asIs,
  added: asIs,
  changed: asIs,
  removed: asIs,
  repaired: asIs,
  failure: asIs,
  warning: asIs,
  hint: asIs,
}
