/** Templates and charts as Helm itself renders them: the tables beside were measured with it, and hold here to the letter. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import type { ChartTexts } from '../../../../testdata/charts.ts'
import { render } from '../testing/rendering.ts'

const read = (name: string): unknown =>
  parse(readFileSync(path.join(import.meta.dirname, '../testing', name), 'utf8'))

const TEMPLATES = read('templates-of-helm.yaml') as {
  readonly values: string
  readonly scalars: Readonly<Record<string, string>>
  readonly templates: readonly { readonly template: string; readonly result: string }[]
}
const CHARTS = read('charts-of-helm.yaml') as readonly {
  readonly name: string
  readonly files: ChartTexts
  readonly rendered: Readonly<Record<string, string>>
}[]

const one = async (template: string, values: string): Promise<string> => {
  const rendered = await render({
    'Chart.yaml': 'apiVersion: v2\nname: top\nversion: 1.0.0\nappVersion: "2.1"\n',
    'values.yaml': values,
    'conf/a.txt': 'one\ntwo\n',
    'conf/b.yaml': 'k: v',
    'templates/t.yaml': template,
  })
  return rendered.map(each => (each.kind === 'rendered' ? each.text : each.reason)).join()
}

describe('a template is rendered as Helm renders it', () => {
  for (const { template, result } of TEMPLATES.templates)
    it(template.slice(0, 100), async () => assert.equal(await one(template, TEMPLATES.values), result))
})

it('what stands in values without quotes is what Helm takes it for', async () => {
  const written = Object.keys(TEMPLATES.scalars)
  const values = written.map((text, at) => `k${at}: ${text}\n`).join('')
  const template = written.map((_, at) => `{{ toJson .Values.k${at} }}\n`).join('')
  const results = (await one(template, values)).trimEnd().split('\n')
  assert.deepEqual(Object.fromEntries(written.map((text, at) => [text, results[at]])), TEMPLATES.scalars)
})

describe('a chart is rendered as Helm renders it when it', () => {
  for (const { name, files, rendered } of CHARTS)
    it(name, async () => {
      const found = (await render(files)).filter(each => !each.path.includes('/crds/'))
      const texts = found.map(each => [each.path, each.kind === 'rendered' ? each.text : each.reason])
      assert.deepEqual(Object.fromEntries(texts), rendered)
    })
})
