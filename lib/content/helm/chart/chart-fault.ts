/** What is wrong with a chart or an index of charts, with its name. */
import { MirrorformError } from '../../../errors.ts'

export class ChartFault extends MirrorformError {}
