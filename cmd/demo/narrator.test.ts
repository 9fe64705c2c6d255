import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createStyle } from '../terminal/index.ts'
import { createNarrator, type Narrator } from './narrator.ts'

function told(columns: number, color: boolean, tell: (narrator: Narrator) => void): string {
  const stream = new PassThrough({ encoding: 'utf8' })
  tell(createNarrator(stream, columns, createStyle(color)))
  return stream.read() ?? ''
}

const PLAN = [
  'mirrorform',
  'plan',
  '-c',
  'imageset.yaml',
  '--to',
  'docker://127.0.0.1:5000/mirror',
  '--refresh',
]

test('a command that is too wide goes on in the next line as a shell takes it, options beside their values', () => {
  assert.equal(
    told(50, false, narrator => narrator.command(PLAN)),
    [
      '',
      '$ mirrorform plan -c imageset.yaml \\',
      '    --to docker://127.0.0.1:5000/mirror \\',
      '    --refresh',
      '',
    ].join('\n'),
  )
})

test('sentences are wrapped between words, and never wider than is comfortable to read', () => {
  const sentence = 'Each layer is sent once, however many images share it. '.repeat(6)
  for (const columns of [24, 60, 300]) {
    const lines = told(columns, false, narrator => narrator.say(sentence))
      .trimEnd()
      .split('\n')
    assert.ok(lines.every(line => line.length <= Math.min(columns, 88)))
    assert.equal(lines.join(' '), sentence.trim())
  }
})

test('colour changes how the text looks, not what it says', () => {
  const tell = (narrator: Narrator): void => {
    narrator.heading('1. A heading that is long enough to be wrapped')
    narrator.say('A sentence.')
    narrator.quote('kind: Mirror\ntargets: []\n')
    narrator.command(PLAN)
  }
  const colored = told(40, true, tell)
  assert.notEqual(colored, told(40, false, tell))
  assert.equal(stripVTControlCharacters(colored), told(40, false, tell))
})
