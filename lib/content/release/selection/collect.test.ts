import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { graphAnswer } from '../../../../testdata/update-graphs.ts'
import type { ReleaseChannel } from '../../../config/index.ts'
import { PlaceError } from '../../../errors.ts'
import type { Documents } from '../../documents.ts'
import { collectReleases } from './index.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const CORPUS = resolve(ROOT, process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'graph')
const { signal } = new AbortController()
const NOTHING = '{"version":1,"nodes":[],"edges":[]}'

const channel = (name: string, more: Partial<ReleaseChannel> = {}): ReleaseChannel => ({
  name,
  product: 'ocp',
  shortestPath: false,
  full: false,
  place: 'imageset.yaml:3',
  ...more,
})

/** Answers by channel; channels that are not there have no releases. */
function serve(answers: Readonly<Record<string, string>>): { documents: Documents; asked: string[] } {
  const asked: string[] = []
  const documents: Documents = {
    used: [],
    read: async url => {
      const name = new URL(url).searchParams.get('channel') ?? ''
      asked.push(name)
      const answer = answers[name] ?? NOTHING
      if (answer === '500') throw new PlaceError('500 from the server', { status: 500 })
      return new TextEncoder().encode(answer)
    },
  }
  return { documents, asked }
}

describe('graphs', () => {
  const answers = {
    'stable-4.14': graphAnswer('stable-4.14', { updates: ['4.14.2 4.14.9'] }),
    'stable-4.15': graphAnswer('stable-4.15', { updates: ['4.14.9 4.15.8'] }),
    'stable-4.16': graphAnswer('stable-4.16', { updates: ['4.15.8 4.16.3'] }),
  }

  it('are asked for once each, those between the channels too', async () => {
    const { documents, asked } = serve(answers)
    const choice = await collectReleases(
      { channels: [channel('stable-4.14'), channel('stable-4.16')], architecture: 'amd64' },
      documents,
      signal,
    )
    assert.deepEqual(asked, ['stable-4.14', 'stable-4.16', 'stable-4.15'])
    assert.deepEqual(
      choice.releases.map(({ version }) => version),
      ['4.14.9', '4.15.8', '4.16.3'],
    )
    assert.equal(choice.graphs.length, 3)
  })

  it('that cannot be read are all named, and nothing is chosen', async () => {
    const { documents } = serve({ ...answers, 'stable-4.14': '500', 'stable-4.16': 'no JSON' })
    await assert.rejects(
      collectReleases(
        {
          channels: ['4.14', '4.15', '4.16'].map(minor => channel(`stable-${minor}`)),
          architecture: 's390x',
        },
        documents,
        signal,
      ),
      /stable-4\.14 \(s390x\).*500.*\n.*stable-4\.16 \(s390x\).*it is not JSON/,
    )
  })

  it('between the channels that cannot be read are an error too', async () => {
    const { documents } = serve({ ...answers, 'stable-4.15': '500' })
    await assert.rejects(
      collectReleases(
        { channels: [channel('stable-4.14'), channel('stable-4.16')], architecture: 'amd64' },
        documents,
        signal,
      ),
      /stable-4\.15 \(x86_64\).*500/,
    )
  })
})

describe('releases of real channels', { skip: !existsSync(CORPUS) && `no ${CORPUS}` }, () => {
  const find = (end: string): string =>
    readFileSync(join(CORPUS, readdirSync(CORPUS).find(name => name.endsWith(end)) ?? ''), 'utf8')
  const choose = async (file: string, ...channels: readonly ReleaseChannel[]) => {
    const answers = Object.fromEntries(channels.map(({ name }) => [name, find(file)]))
    const { releases, selections } = await collectReleases(
      { channels, architecture: 'amd64' },
      serve(answers).documents,
      signal,
    )
    return {
      versions: releases.map(({ version }) => version),
      remarks: selections.flatMap(({ remarks }) => remarks),
    }
  }

  it('are the head, all of them, or a range', async () => {
    const file = 'amd64-stable-4.13.json'
    assert.deepEqual((await choose(file, channel('stable-4.13'))).versions, ['4.13.43'])
    assert.equal((await choose(file, channel('stable-4.13', { full: true }))).versions.length, 98)
    const range = channel('stable-4.13', { minVersion: '4.13.9', maxVersion: '4.13.12' })
    assert.deepEqual((await choose(file, range)).versions, ['4.13.9', '4.13.10', '4.13.11', '4.13.12'])
  })

  it('on the shortest way are few, and the risks of updates that cannot be gone round are told', async () => {
    const wish = { minVersion: '4.6.1', maxVersion: '4.7.41', shortestPath: true }
    const { versions, remarks } = await choose('stable-4.7_amd64_v1.json', channel('stable-4.7', wish))
    assert.deepEqual(versions, ['4.6.1', '4.6.53', '4.7.41'])
    assert.match(
      remarks[0] ?? '',
      /^the update from 4\.6\.53 to 4\.7\.41 is recommended .*: AuthOAuthProxyLeakedConnections: On clusters .*VSphereHW14/,
    )
    assert.equal(remarks.length, 1)
  })

  it('are reached without risk where there is a way', async () => {
    const wish = { minVersion: '4.12.0', maxVersion: '4.13.43', shortestPath: true }
    const { versions, remarks } = await choose('amd64-stable-4.13.json', channel('stable-4.13', wish))
    assert.deepEqual([versions, remarks], [['4.12.0', '4.12.58', '4.13.43'], []])
  })
})
