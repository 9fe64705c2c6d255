import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { type QuestionArguments, releaseQuestion } from './release-question.ts'

type Given = Partial<QuestionArguments>
const ask = (given: Given) => releaseQuestion({ type: 'ocp', ...given })

describe('list releases asks', () => {
  const way = { kind: 'update', conditionalUpdates: 'allow', from: '4.15.9', to: '4.16.8' }
  const rows: readonly (readonly [string, Given, object])[] = [
    ['for all channels', {}, { kind: 'channels', minor: undefined }],
    ['for the channels of a minor release', { version: '4.16' }, { kind: 'channels', minor: '4.16' }],
    ['for the releases of a channel', { channel: 'a' }, { kind: 'releases', channel: 'a' }],
    ['for the releases of one of OKD', { channel: 'a', type: 'okd' }, { kind: 'releases', channel: 'a' }],
    ['for a way in a channel', { from: '4.15.9', to: '4.16.8', channel: 'a' }, { ...way, channel: 'a' }],
    [
      'for a way in the stable channel it leads to',
      { from: '4.15.9', to: '4.16.8' },
      { ...way, channel: 'stable-4.16' },
    ],
    [
      'for a way in the stable channel of a later minor release',
      { from: '4.15.9', to: '4.16.8', version: '4.17' },
      { ...way, channel: 'stable-4.17' },
    ],
    [
      'for a way without conditional updates',
      { from: '4.15.9', to: '4.16.8', channel: 'a', conditionalUpdates: 'avoid' },
      { ...way, channel: 'a', conditionalUpdates: 'avoid' },
    ],
  ]
  for (const [name, given, question] of rows) it(name, () => assert.deepEqual(ask(given), question))
})

describe('list releases refuses', () => {
  const rows: readonly (readonly [string, Given, RegExp])[] = [
    ['one end of a way', { from: '4.16.4' }, /^--from needs --to as well$/],
    ['the other end of a way', { to: '4.16.4' }, /^--to needs --from as well$/],
    ['half a version', { from: '4.16', to: '4.16.4' }, /--from 4\.16 is not the version/],
    ['a version with a v', { from: '4.16.1', to: 'v4.16.4' }, /--to v4\.16\.4 is not the version/],
    ['a whole version for a minor release', { version: '4.16.2' }, /--version 4\.16\.2 is not a minor/],
    ['a minor release and a channel', { version: '4.16', channel: 'a' }, /exclude each other/],
    ['OKD without a channel', { type: 'okd' }, /--type okd needs --channel/],
    ['a way in OKD without a channel', { type: 'okd', from: '4.15.9', to: '4.16.8' }, /needs --channel/],
  ]
  for (const [name, given, message] of rows)
    it(name, () => {
      assert.throws(
        () => ask(given),
        (error: unknown) => {
          assert.ok(error instanceof UsageError)
          assert.match(error.message, message)
          assert.ok(error.hint)
          return true
        },
      )
    })
})
