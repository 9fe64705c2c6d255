/** Objects and lists of a YAML document as its rewriting sees them: found by key, taken out with what was said about them. */
import { isMap, isNode, isPair, isScalar, isSeq, type Node, Pair, Scalar, visit, type YAMLMap } from 'yaml'

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find(pair => keyOf(pair) === key)
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
}

/** Where a comment on a key goes. */
export function keyNode(pair: Pair): Node {
  if (isNode(pair.key)) return pair.key
  const key = new Scalar(pair.key)
  pair.key = key
  return key
}

/** undefined where there is no text. */
export function textAt(map: YAMLMap, key: string): string | undefined {
  const value = pairOf(map, key)?.value
  return isScalar(value) && typeof value.value === 'string' && value.value !== '' ? value.value : undefined
}

export function mapAt(map: YAMLMap | undefined, key: string): YAMLMap | undefined {
  const value = map && pairOf(map, key)?.value
  return isMap(value) ? value : undefined
}

/** The objects of the list behind a key. */
export function mapsAt(map: YAMLMap | undefined, key: string): readonly YAMLMap[] {
  const value = map && pairOf(map, key)?.value
  return isSeq(value) ? value.items.filter(item => isMap(item)) : []
}

/** Writes a text behind a key; a new key stands after the first of the object, by which it is known. */
export function setText(map: YAMLMap, key: string, text: string): void {
  const value = pairOf(map, key)?.value
  if (isScalar(value)) value.value = text
  else map.items.splice(1, 0, new Pair(new Scalar(key), new Scalar(text)))
}

export function renameKey(map: YAMLMap, from: string, to: string): void {
  const pair = pairOf(map, from)
  if (isScalar(pair?.key)) pair.key.value = to
}

/** Takes a key out. @returns the comments that stood at it and in it, in their order */
export function takeOut(map: YAMLMap, key: string): readonly string[] {
  const pair = pairOf(map, key)
  if (pair === undefined) return []
  map.items.splice(map.items.indexOf(pair), 1)
  return commentsIn(pair)
}

/** Every comment below a node, one for each line, in the order of the text. */
export function commentsIn(root: Node | Pair): readonly string[] {
  const lines: string[] = []
  const take = (text: string | null | undefined): void => {
    if (text) lines.push(...text.split('\n').filter(line => line.trim() !== ''))
  }
  const walk = (node: unknown): void => {
    if (isPair(node)) {
      walk(node.key)
      walk(node.value)
      return
    }
    if (!isNode(node)) return
    take(node.commentBefore)
    if (isMap(node) || isSeq(node)) for (const item of node.items) walk(item)
    take(node.comment)
  }
  walk(root)
  return lines
}

/** Makes every object and list block style that one of these nodes stands in, so that there is room for its comment. */
export function openFlowAround(root: Node, nodes: ReadonlySet<Node>): void {
  visit(root, {
    Node(_, node, path) {
      if (!nodes.has(node)) return
      for (const above of path) if (isMap(above) || isSeq(above)) above.flow = false
    },
  })
}
