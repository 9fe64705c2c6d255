/**
 * Text into the columns there are: shortening, wrapping and aligning by visible width.
 *
 * Long references lose their middle, because host and tag are what a reader looks for. Nothing here knows colours:
 * text is fitted first and styled afterwards. A width of `Infinity` never shortens anything.
 */
import stringWidth from 'string-width'

const ELLIPSIS = '…'

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Text that came from elsewhere (a server's message, a file name) without anything that could steer a terminal:
 * control characters and changes of writing direction become `?`, tabs a space. Line feeds stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, character => (character === '\t' ? ' ' : '?'))
}

export function visibleWidth(text: string): number {
  return stringWidth(text)
}

/** `registry.redhat.io/ope…ubi9:latest`: at most `width` columns, a little more of the end than of the beginning. */
export function shortenMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  if (width <= 1) return width === 1 ? ELLIPSIS : ''
  const head = Math.floor((width - 1) * 0.4)
  const characters = [...text]
  return takeColumns(characters, head) + ELLIPSIS + takeColumns(characters, width - 1 - head, 'from the end')
}

/** `no longer in the ima…`: at most `width` columns. */
export function shortenEnd(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  if (width <= 1) return width === 1 ? ELLIPSIS : ''
  return takeColumns([...text], width - 1).trimEnd() + ELLIPSIS
}

function takeColumns(characters: readonly string[], columns: number, from?: 'from the end'): string {
  const taken: string[] = []
  let used = 0
  for (let at = 0; at < characters.length; at++) {
    const character = characters[from === undefined ? at : characters.length - 1 - at] ?? ''
    used += stringWidth(character)
    if (used > columns) break
    taken.push(character)
  }
  return (from === undefined ? taken : taken.reverse()).join('')
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text
}

/**
 * Breaks at spaces and at the text's own line feeds. Lines after the first are indented like their paragraph and by
 * `hanging` columns more. A word longer than a line stays whole, so that references and commands can be copied.
 */
export function wrap(text: string, width: number, hanging = 0): string[] {
  const lines: string[] = []
  const margin = ' '.repeat(hanging)
  for (const paragraph of text.split('\n')) {
    const indent = /^ */.exec(paragraph)?.[0] ?? ''
    let line = (lines.length === 0 ? '' : margin) + indent
    let words = 0
    for (const word of paragraph.trim().split(' ')) {
      if (words > 0 && stringWidth(line) + 1 + stringWidth(word) > width) {
        lines.push(line)
        line = margin + indent
        words = 0
      }
      line += words++ === 0 ? word : ` ${word}`
    }
    lines.push(line.trimEnd())
  }
  return lines
}
