/** The part of JSON Schema (draft 7, which YAML editors know best) that the schemas of input files use. */

export interface JsonSchema {
  readonly $schema?: string
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: SchemaType | readonly SchemaType[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly enum?: readonly string[]
  readonly const?: string
  readonly default?: string | number | boolean
  readonly examples?: readonly (string | number)[]
  readonly minLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
