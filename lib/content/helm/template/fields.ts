/** `.a.b.c` of a value (Go text/template, "Arguments"). */
import { TemplateFault } from './template-fault.ts'
import { GoObject, isDict, kindOf, type Value } from './value.ts'

/**
 * @param remark told of what Helm would have stopped at: then there is no value
 * @throws TemplateFault for a field that such a value never has
 */
export function followFields(of: Value, names: readonly string[], remark: (text: string) => void): Value {
  return names.reduce<Value>((value, name, at) => {
    if (isDict(value)) return value.get(name) ?? null
    if (value instanceof GoObject) {
      if (value.members.has(name)) return value.members.get(name)
      throw new TemplateFault(`there is no .${name} in ${value.text}`)
    }
    if (value === undefined) return undefined
    const what = `.${names.slice(0, at + 1).join('.')}`
    const kind = value === null ? 'that is not set' : `of kind ${kindOf(value)}`
    remark(`${what} is asked of a value ${kind}`)
    return undefined
  }, of)
}
