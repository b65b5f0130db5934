import { createHash, createHmac } from 'node:crypto'
import { type IncomingHttpHeaders, createServer } from 'node:http'
import { z } from 'zod'
import type { Credentials } from './credentials.ts'
import { listen } from './listening.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

/** A merchant who signs by the reference, in code of its own: neither side of what is tested. */
export interface Merchant {
  call(method: 'GET' | 'POST' | 'DELETE', target: string, body?: object, how?: SigningSlip): Promise<Said>
  createCode(merchantPaymentId: string, more?: object): Promise<Said>
  /** Posts to the control interface; rejects unless 200. */
  sim(path: string, body?: object): Promise<Record<string, unknown>>
  see(path: string): Promise<Record<string, unknown>>
}

/** What the specs of this folder stand on: a running simulator, its merchant, and a webhook endpoint. */
export interface Rig extends Merchant {
  simulator: Simulator
  receiver: Receiver
  /** Every webhook that arrived since the last reset, once none is on its way any more. */
  settledWebhooks(): Promise<Received[]>
  stop(): Promise<void>
}

interface Said {
  status: number
  headers: Headers
  code: string
  codeId: string
  message: string
  data: Record<string, unknown>
}

interface SigningSlip {
  apiKey?: string
  apiSecret?: string
  merchantId?: string | null
  epochSeconds?: number
  nonce?: string
  /** Sent instead of what was signed. */
  sentBody?: string
  contentType?: string
  authorization?: string
}

interface Received {
  raw: Buffer
  headers: IncomingHttpHeaders
  from: string
  json: Record<string, unknown>
}

interface Receiver {
  url: string
  received: Received[]
  /** Answers to come, in order; then 200. 0 never answers. */
  statuses: number[]
  stop(): Promise<void>
}

const deliveriesSchema = z.object({ deliveries: z.array(z.object({ status: z.string() })) })
const record = z.record(z.string(), z.unknown())
const envelope = z.object({
  resultInfo: z.object({ code: z.string(), message: z.string(), codeId: z.string() }),
  data: record.nullable(),
})

async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const statuses: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const from = request.socket.remoteAddress ?? ''
      received.push({ raw, headers: request.headers, from, json: jsonOf(raw) })
      const status = statuses.shift() ?? 200
      if (status > 0) response.writeHead(status).end('OK')
    })
  })
  const port = await listen(server, '127.0.0.1', 0, 0)
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    statuses,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function jsonOf(raw: Buffer): Record<string, unknown> {
  try {
    return record.parse(JSON.parse(raw.toString('utf8')))
  } catch {
    return {}
  }
}

export function merchantAt(url: string, credentials: Credentials): Merchant {
  let ordinal = 0

  async function sim(path: string, body: object = {}): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`)
    return record.parse(JSON.parse(text))
  }

  const call: Merchant['call'] = async (method, target, body, slip = {}) => {
    const contentType = slip.contentType ?? 'application/json;charset=UTF-8;'
    const text = body === undefined ? undefined : JSON.stringify(body)
    const digest =
      text === undefined
        ? 'empty'
        : createHash('md5')
            .update(contentType + text)
            .digest('base64')
    const nonce = slip.nonce ?? `n${(ordinal += 1)}`
    const epoch = slip.epochSeconds ?? Math.floor(Date.now() / 1000)
    const type = text === undefined ? 'empty' : contentType
    const mac = createHmac('sha256', slip.apiSecret ?? credentials.apiSecret)
      .update([target.split('?')[0], method, nonce, epoch, type, digest].join('\n'))
      .digest('base64')
    const key = slip.apiKey ?? credentials.apiKey
    const merchant = slip.merchantId === undefined ? credentials.merchantId : slip.merchantId
    const sent = slip.sentBody ?? text
    const response = await fetch(url + target, {
      method,
      headers: {
        authorization: slip.authorization ?? `hmac OPA-Auth:${key}:${mac}:${nonce}:${epoch}:${digest}`,
        ...(merchant === null ? {} : { 'x-assume-merchant': merchant }),
        ...(text === undefined && slip.contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const { resultInfo, data } = envelope.parse(await response.json())
    return { status: response.status, headers: response.headers, ...resultInfo, data: data ?? {} }
  }

  return {
    call,
    createCode: (merchantPaymentId, more = {}) =>
      call('POST', '/v2/codes', {
        merchantPaymentId,
        amount: { amount: 7_490, currency: 'JPY' },
        codeType: 'ORDER_QR',
        requestedAt: Math.floor(Date.now() / 1000),
        ...more,
      }),
    sim,
    see: async (path) => record.parse(await (await fetch(`${url}/_sim/${path}`)).json()),
  }
}

export async function startRig(options: Partial<SimulatorOptions> = {}): Promise<Rig> {
  const receiver = await startReceiver()
  const simulator = await startSimulator({ dataDir: ':memory:', webhookTarget: receiver.url, ...options })
  const merchant = merchantAt(simulator.url, simulator.credentials)
  const onTheirWay = async () => {
    const { deliveries } = deliveriesSchema.parse(await merchant.see('webhooks?limit=1000'))
    return deliveries.filter(({ status }) => status === 'waiting' || status === 'delivering').length
  }
  return {
    ...merchant,
    simulator,
    receiver,
    settledWebhooks: async () => {
      const deadline = performance.now() + 30_000
      while ((await onTheirWay()) > 0) {
        if (performance.now() > deadline) throw new Error('a webhook is still on its way')
      }
      return [...receiver.received]
    },
    stop: async () => {
      await simulator.stop()
      await receiver.stop()
    },
  }
}
