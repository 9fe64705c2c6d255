/** Why a template cannot be evaluated; the place in it is added by whoever knows it. */
import { MirrorformError } from '../../../errors.ts'

export class TemplateFault extends MirrorformError {}
