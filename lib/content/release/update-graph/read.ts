/** A question -> the update graph: asked through `Documents`, so that the plan keeps the answer it was made from. */
import { hintOf, messageOf, PlaceError } from '../../../errors.ts'
import type { Documents } from '../../documents.ts'
import type { UpdateGraph } from './graph.ts'
import { parseUpdateGraph } from './parse.ts'
import { type GraphQuestion, graphText, graphUrl } from './question.ts'

/** bytes; the graph of every release there ever was has about 1.5 MB. */
const MAX_GRAPH_BYTES = 64 * 1024 * 1024

/**
 * A channel that the service does not know has no releases.
 *
 * @throws PlaceError when it cannot be had, PlanError when it cannot be used; both name channel, architecture and host.
 */
export async function readUpdateGraph(
  question: GraphQuestion,
  documents: Documents,
  signal: AbortSignal,
): Promise<UpdateGraph> {
  const bytes = await readBytes(question, documents, signal)
  if (bytes === undefined)
    throw new PlaceError(`cannot read ${graphText(question)}: the server has nothing there`, {
      status: 404,
      hint: 'where UPDATE_URL_OVERRIDE is set, write the whole URL, with the path of the graph',
    })
  return parseUpdateGraph(bytes, question)
}

async function readBytes(
  question: GraphQuestion,
  documents: Documents,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const url = graphUrl(question)
  try {
    return await documents.read(url, { accept: 'application/json', maxBytes: MAX_GRAPH_BYTES }, signal)
  } catch (error) {
    signal.throwIfAborted()
    const { status, code, retryable } = error instanceof PlaceError ? error : {}
    throw new PlaceError(`cannot read ${graphText(question)}: ${messageOf(error)}`, {
      hint: hintOf(error),
      cause: error,
      status,
      code,
      retryable,
    })
  }
}
