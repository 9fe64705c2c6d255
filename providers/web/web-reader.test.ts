import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { hintOf, PlaceError } from '../../lib/errors.ts'
import { makeCertificates } from '../../testdata/certificates.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openWebReader, type WebReaderOptions } from './index.ts'

const SIGNAL = new AbortController().signal
const REQUEST = { maxBytes: 1000 }

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

interface Served {
  readonly url: string
  readonly host: string
  /** Paths that were asked for. */
  readonly asked: readonly string[]
}

async function serve(t: TestContext, handler: Handler, pem?: { key: string; cert: string }): Promise<Served> {
  const asked: string[] = []
  const listen: Handler = (request, response) => {
    asked.push(request.url ?? '')
    return handler(request, response)
  }
  const server = pem === undefined ? createServer(listen) : createTlsServer(pem, listen)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `${pem === undefined ? 'http' : 'https'}://${host}`, host, asked }
}

/** A reader whose clock only notes how long it was to sleep. */
function open(t: TestContext, options: Partial<WebReaderOptions> = {}) {
  const pauses: number[] = []
  const clock = { now: () => 0, random: () => 1, sleep: async (ms: number) => void pauses.push(ms) }
  const reader = openWebReader({ env: {}, clock, ...options })
  t.after(() => reader.close())
  const get = async (url: string, request = REQUEST, signal = SIGNAL) => {
    const bytes = await reader.get(url, request, signal)
    return bytes && Buffer.from(bytes).toString()
  }
  return { get, pauses }
}

const text =
  (body: string): Handler =>
  (_, response) =>
    response.end(body)

describe('a document of the web', () => {
  it('is read whole, with what is accepted and who asks', async t => {
    const heard: unknown[] = []
    const { url } = await serve(t, ({ headers }, response) => {
      heard.push(headers.accept, headers['user-agent'])
      response.write('{"nodes":')
      response.end('[]}')
    })
    const { get } = open(t, { userAgent: 'mirrorform/1' })
    assert.equal(
      await get(`${url}/graph?channel=a`, { maxBytes: 12, accept: 'application/json' } as never),
      '{"nodes":[]}',
    )
    assert.equal(await get(`${url}/graph`), '{"nodes":[]}')
    assert.deepEqual(heard, ['application/json', 'mirrorform/1', '*/*', 'mirrorform/1'])
  })

  for (const status of [404, 410])
    it(`is not there when the server says ${status}`, async t => {
      const { url, asked } = await serve(t, (_, response) => response.writeHead(status).end('no'))
      assert.equal(await open(t).get(`${url}/x`), undefined)
      assert.equal(asked.length, 1)
    })

  it('is found where redirects lead, and a login stays with its own server', async t => {
    const logins: unknown[] = []
    const other = await serve(t, ({ headers }, response) => {
      logins.push(headers.authorization)
      response.end('found')
    })
    const { host } = await serve(t, ({ headers, url: asked }, response) => {
      logins.push(headers.authorization)
      return response.writeHead(302, { location: asked === '/a' ? 'b' : `${other.url}/c` }).end()
    })
    assert.equal(await open(t).get(`http://me:p%40ss@${host}/a`), 'found')
    const login = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
    assert.deepEqual(logins, [login, login, undefined])
  })

  it('is not looked for through redirects without end or to nowhere', async t => {
    const { url, asked } = await serve(t, ({ url: at }, response) =>
      response.writeHead(301, { location: at === '/loop' ? '/loop' : 'ftp://x/' }).end(),
    )
    const { get } = open(t)
    await assert.rejects(get(`${url}/loop`), /redirects more than 10 times/)
    assert.equal(asked.length, 11)
    await assert.rejects(get(`${url}/ftp`), /redirects to an address that cannot be followed/)
  })

  it('is asked for again after passing trouble, as patiently as the server wants', async t => {
    const answers: Handler[] = [
      (_, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
      (_, response) => response.writeHead(503).end('<html>'),
      (_, response) => response.destroy(),
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half')
        setImmediate(() => response.destroy())
      },
      text('whole'),
    ]
    const { url, asked } = await serve(t, (request, response) => answers.shift()?.(request, response))
    const { get, pauses } = open(t)
    assert.equal(await get(`${url}/x`), 'whole')
    assert.deepEqual([asked.length, pauses], [5, [7000, 2000, 4000, 8000]])
  })

  it('that never comes is an error after the retries', async t => {
    const { url, asked } = await serve(t, (_, response) => response.writeHead(502, { server: 'nginx' }).end())
    await assert.rejects(open(t, { retries: 2 }).get(`${url}/x`), (error: unknown) => {
      assert.ok(error instanceof PlaceError)
      assert.deepEqual([error.name, error.status, error.retryable], ['PlaceError', 502, true])
      assert.match(
        error.message,
        /^cannot read http:\/\/127.0.0.1:\d+\/x: 127.0.0.1:\d+ answered 502 \(server: nginx\)$/,
      )
      assert.match(error.hint ?? '', /in trouble/)
      return true
    })
    assert.equal(asked.length, 3)
  })

  it('that stalls counts as failed by lack of progress, before and within the body', async t => {
    const handlers: Handler[] = [() => {}, (_, response) => response.writeHead(200).write('a'), text('whole')]
    const { url, asked } = await serve(t, (request, response) => handlers.shift()?.(request, response))
    assert.equal(await open(t, { stallTimeout: 20 }).get(`${url}/x`), 'whole')
    assert.equal(asked.length, 3)
    await assert.rejects(open(t, { stallTimeout: 20, retries: 0 }).get(`${url}/x`), {
      message: /stopped answering/,
      hint: /check the address/,
    })
  })

  it('that is longer than expected is not read, whether the server says so or not', async t => {
    let written = 0
    const { url } = await serve(t, ({ url: asked }, response) => {
      if (asked === '/stated') return response.writeHead(200, { 'content-length': 10 ** 9 }).write('x')
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(100_000))) written += 100_000
      }
      response.on('drain', more)
      return more()
    })
    const { get } = open(t)
    for (const place of ['stated', 'endless'])
      await assert.rejects(get(`${url}/${place}`), /127.0.0.1:\d+ answered with more than 1000 bytes/)
    assert.ok(written < 50_000_000)
  })

  it('that may not be read is an error at once, with status and address, and without secrets', async t => {
    const { host, asked } = await serve(t, ({ url }, response) =>
      response.writeHead(Number(url?.slice(1, 4))).end(),
    )
    for (const status of [401, 403, 400]) {
      const secret = `http://me:hush@${host}/${status}?token=hush&channel=stable-4.16`
      await assert.rejects(open(t).get(secret), (error: unknown) => {
        assert.ok(error instanceof PlaceError)
        assert.equal(error.status, status)
        assert.match(
          error.message,
          new RegExp(`/${status}\\?token=…&channel=stable-4.16: .* answered ${status}`),
        )
        assert.doesNotMatch(`${error.message} ${hintOf(error)} ${JSON.stringify(error)}`, /hush/)
        return true
      })
    }
    assert.equal(asked.length, 3)
  })

  it('of a server that is not there is an error that says what to check', async t => {
    const { url, host } = await serve(t, text(''))
    const { get } = open(t, { retries: 1 })
    await assert.rejects(get(`${url.replace(host, '127.0.0.1:1')}/x`), (error: unknown) => {
      assert.match(String(error), /127.0.0.1:1 refused the connection/)
      assert.match(hintOf(error) ?? '', /HTTPS_PROXY/)
      return true
    })
  })

  it('is given up when whoever asked gives up, or the whole program does', async t => {
    const stop = new AbortController()
    const { url } = await serve(t, () => stop.abort(new Error('interrupted')))
    await assert.rejects(open(t).get(url, REQUEST, stop.signal), /interrupted/)
    await assert.rejects(open(t, { signal: stop.signal }).get(url), /interrupted/)
  })

  it('comes through a proxy where one is set', async t => {
    const proxy = await serve(t, text('by the proxy'))
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: 'direct.example' }
    assert.equal(await open(t, { env }).get('http://updates.example/graph'), 'by the proxy')
    assert.deepEqual(proxy.asked, ['http://updates.example/graph'])
  })
})

describe('over HTTPS', { skip: skipWithout('openssl') }, () => {
  it('a server is believed when its authority is known for the host, or when that is not asked for', async t => {
    const folder = temporaryFolder(t)
    const { pem } = makeCertificates(folder)
    const { url, host } = await serve(t, text('safe'), pem)
    await assert.rejects(open(t).get(url), (error: unknown) => {
      assert.match(String(error), /not signed by an authority/)
      assert.match(hintOf(error) ?? '', /--src-tls-verify=false/)
      return true
    })
    assert.equal(await open(t, { srcTlsVerify: false }).get(url), 'safe')
    const certs = path.join(folder, '.config/containers/certs.d', host)
    mkdirSync(certs, { recursive: true })
    writeFileSync(path.join(certs, 'ca.crt'), pem.ca)
    assert.equal(await open(t, { home: folder }).get(url), 'safe')
  })

  it('a redirect to plain HTTP is not followed', async t => {
    const { pem } = makeCertificates(temporaryFolder(t))
    const plain = await serve(t, text('unsafe'))
    const { url } = await serve(
      t,
      (_, response) => response.writeHead(307, { location: `${plain.url}/?s=1` }).end(),
      pem,
    )
    await assert.rejects(
      open(t, { srcTlsVerify: false }).get(url),
      /redirects from HTTPS to http:.*s=…, which is not followed/,
    )
    assert.deepEqual(plain.asked, [])
  })

  it('a document comes through the tunnel of a proxy', async t => {
    const { pem } = makeCertificates(temporaryFolder(t))
    const { host } = await serve(t, text('tunnelled'), pem)
    const proxy = createServer()
    const tunnels: unknown[] = []
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url)
      const upstream = connect(Number(host.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on('error', () => {})
      socket.on('error', () => {})
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    t.after(() => void proxy.close())
    const env = { https_proxy: `127.0.0.1:${(proxy.address() as AddressInfo).port}` }
    assert.equal(await open(t, { env, srcTlsVerify: false }).get('https://updates.example/x'), 'tunnelled')
    assert.deepEqual(tunnels, ['updates.example:443'])
  })
})

describe('a document in a file', () => {
  it('is read as from a server, and one that is missing is not there', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(path.join(folder, 'sha256=12 ab'), 'signature')
    const { get } = open(t)
    const url = pathToFileURL(folder).href
    assert.equal(await get(`${url}/sha256=12%20ab`), 'signature')
    assert.equal(await get(`${url}/sha256=12%20ab?arch=amd64`), 'signature')
    assert.equal(await get(`${url}/other`), undefined)
    assert.equal(await get(`${url}/sha256=12%20ab/below`), undefined)
    await assert.rejects(
      get(`${url}/sha256=12%20ab`, { maxBytes: 3 }),
      /cannot read file:\/\/.*more than 3 bytes/,
    )
    await assert.rejects(
      get(url),
      (error: unknown) => error instanceof PlaceError && /it is no file/.test(error.message),
    )
  })

  it('has to have an address that can be read, which is not repeated where it cannot', async t => {
    const { get } = open(t)
    await assert.rejects(get('file://host.example/x'), PlaceError)
    await assert.rejects(
      get('ftp://me:hush@host.example/x'),
      /^PlaceError: cannot read ftp:\/\/host.example…: its scheme/,
    )
    await assert.rejects(get('me:hush@'), (error: unknown) => !/hush/.test(String(error)))
  })
})
