import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, type Problem } from '../config/problem.ts'
import { PlaceError, PlanError } from '../errors.ts'
import { renderError, renderProblems } from './problem-text.ts'
import { PLAIN_STYLE } from './style.ts'

const rendering = { style: PLAIN_STYLE, width: 100 }
const problem: Problem = {
  kind: 'schema',
  path: 'imageset.yaml',
  line: 4,
  column: 3,
  message: 'unknown key "additionalImage"',
  hint: 'did you mean "additionalImages"?',
  snippet: '  additionalImage:',
}

test('a configuration problem shows place, line, caret and hint', () => {
  assert.deepEqual(renderProblems([problem], PLAIN_STYLE).split('\n'), [
    'imageset.yaml:4:3: unknown key "additionalImage"',
    '  4 |   additionalImage:',
    '    |   ^',
    '  Hint: did you mean "additionalImages"?',
    '1 problem in 1 file',
  ])
})

test('a configuration error is shown as its problems', () => {
  const error = new ConfigError([problem, { ...problem, path: 'other.yaml' }])
  assert.equal(renderError(error, rendering).split('\n').at(-1), '2 problems in 2 files')
})

test('an error shows its message, the first cause and the hint', () => {
  const root = new Error('connect ECONNREFUSED 127.0.0.1:5000')
  const error = new PlaceError('cannot read quay.io/a/b', {
    hint: 'is the registry running?',
    cause: new Error('fetch failed', { cause: new AggregateError([root]) }),
  })
  assert.deepEqual(renderError(error, rendering).split('\n'), [
    'Error: cannot read quay.io/a/b',
    '  Cause: connect ECONNREFUSED 127.0.0.1:5000',
    'Hint: is the registry running?',
  ])
})

test('a cause that the message already tells is not told again', () => {
  const error = new PlanError('cannot read plan.json: no such file', { cause: new Error('no such file') })
  assert.equal(renderError(error, rendering), 'Error: cannot read plan.json: no such file')
})

test('a code of the system that the message puts into words is not shown, an address behind a name is', () => {
  const missing = Object.assign(new Error("ENOENT: no such file or directory, open 'a'"), { code: 'ENOENT' })
  const words = new PlanError('cannot read a: there is no such file', { cause: missing })
  assert.equal(renderError(words, rendering), 'Error: cannot read a: there is no such file')
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), {
    code: 'ECONNREFUSED',
    address: '10.0.0.7',
  })
  const named = new PlaceError('reg.example refused the connection', { cause: refused })
  assert.match(renderError(named, rendering), /Cause: connect ECONNREFUSED 10\.0\.0\.7:443/)
  const numbered = new PlaceError('10.0.0.7 refused the connection', { cause: refused })
  assert.equal(renderError(numbered, rendering), 'Error: 10.0.0.7 refused the connection')
})

test('several refusals stand below each other, and so do their hints', () => {
  const error = new PlanError('one\ntwo', { hint: 'do this\ndo that' })
  assert.deepEqual(renderError(error, rendering).split('\n'), [
    'Error: one',
    '  two',
    'Hint: do this',
    '  do that',
  ])
})

test('of a message with very many lines the first twenty are shown, and how many more there are', () => {
  const error = new PlanError(
    Array.from({ length: 1000 }, (_, at) => `image ${at} does not exist`).join('\n'),
  )
  const lines = renderError(error, rendering).split('\n')
  assert.equal(lines.length, 21)
  assert.match(lines.at(-1) ?? '', /980 more: --json lists them all/)
})

test('anything that was thrown can be shown, and cannot steer the terminal', () => {
  assert.equal(renderError('just text\u001b[2J', rendering), 'Error: just text?[2J')
  assert.equal(renderError(new Error(''), rendering), 'Error: unknown error')
})
