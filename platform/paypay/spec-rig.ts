import { type Simulator, startSimulator } from '#embedded/paypay/simulator.ts'
import { type Clock, systemClock } from '../clock/clock.ts'
import { type ManualClock, manualClock } from '../clock/manual-clock.ts'
import {
  type PayPayClient,
  type PayPayClientOptions,
  type ProviderCall,
  createPayPayClient,
} from './client.ts'
import type { ProviderOutcome } from './port.ts'
import type { TransportAnswer, TransportRequest } from './transport.ts'

/** What the specs of this folder stand on: clients of a running simulator, or of a scripted network. */
export interface ClientRig {
  simulator: Simulator
  calls: ProviderCall[]
  connect(options?: Partial<PayPayClientOptions>): PayPayClient
  /** Posts to the control interface; rejects unless 200. */
  sim(path: string, body?: object): Promise<void>
  /** Calls of the API that reached the simulator since its last reset. */
  arrived(): Promise<number>
  /** Closes what was connected and forgets everything. */
  begin(): Promise<void>
  stop(): Promise<void>
}

export async function startClientRig(seed: number): Promise<ClientRig> {
  const simulator = await startSimulator({ dataDir: ':memory:', seed })
  const calls: ProviderCall[] = []
  const open: PayPayClient[] = []
  const closeAll = () => {
    for (const each of open.splice(0)) each.close()
  }
  const sim: ClientRig['sim'] = async (path, body = {}) => {
    const response = await fetch(`${simulator.url}/_sim/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`)
  }
  return {
    simulator,
    calls,
    sim,
    connect: (options = {}) => {
      const made = createPayPayClient({
        baseUrl: simulator.url,
        ...simulator.credentials,
        onCall: (call) => calls.push(call),
        random: () => 0,
        ...options,
      })
      open.push(made)
      return made
    },
    arrived: async () => {
      const state: unknown = await (await fetch(`${simulator.url}/_sim/state`)).json()
      const counted = typeof state === 'object' && state !== null && 'calls' in state ? state.calls : {}
      return Object.values(Object(counted)).reduce<number>((sum, count) => sum + Number(count), 0)
    },
    begin: async () => {
      closeAll()
      calls.splice(0)
      await sim('reset')
    },
    stop: async () => {
      closeAll()
      await simulator.stop()
    },
  }
}

/** Real time that can be moved on, so that a pause need not be waited for. */
export function shiftingClock(): Clock & { shift(byMs: number): void } {
  let shiftMs = 0
  return {
    ...systemClock,
    nowMs: () => Date.now() + shiftMs,
    shift: (byMs) => {
      shiftMs += byMs
    },
  }
}

/** Real time, except that pauses between attempts are jumped over. */
export function impatientClock(): Clock {
  const clock = shiftingClock()
  return { ...clock, sleep: async (durationMs) => clock.shift(durationMs) }
}

type Reply = Partial<Extract<TransportAnswer, { kind: 'answered' }>> | 'lost' | 'silent'

/** A client on a clock of its own whose every request is answered, after 50 ms, by `reply`. */
export function scriptedClient(
  reply: (request: TransportRequest, nth: number) => Reply,
  options: Partial<PayPayClientOptions> = {},
): {
  client: PayPayClient
  clock: ManualClock
  sent: (TransportRequest & { atMs: number })[]
  calls: ProviderCall[]
} {
  const clock = manualClock(Date.parse('2026-11-21T12:00:00Z'))
  const sent: (TransportRequest & { atMs: number })[] = []
  const calls: ProviderCall[] = []
  const client = createPayPayClient({
    baseUrl: 'https://paypay.example',
    apiKey: 'k',
    apiSecret: 's',
    merchantId: 'm',
    clock,
    random: () => 0,
    onCall: (call) => calls.push(call),
    transport: {
      send: async (request) => {
        sent.push({ ...request, atMs: clock.nowMs() })
        const said = reply(request, sent.length)
        await clock.sleep(said === 'silent' ? request.timeoutMs : 50)
        if (said === 'silent') return { kind: 'failed', reason: 'timed-out' }
        if (said === 'lost') return { kind: 'failed', reason: 'connection-lost' }
        return { kind: 'answered', httpStatus: 200, body: '', ...said }
      },
      close: () => undefined,
    },
    ...options,
  })
  return { client, clock, sent, calls }
}

/** An answer in PayPay's envelope. */
export const enveloped = (code: string, data: unknown = null) =>
  JSON.stringify({ resultInfo: { code, message: 'm', codeId: '1' }, data })

export const CREATED = enveloped('SUCCESS', { status: 'CREATED', acceptedAt: 0, requestedAt: 0 })

export const codeRequest = (merchantPaymentId: string) => ({
  merchantPaymentId,
  amountMinor: 7_490,
  currency: 'JPY' as const,
  requestedAtMs: Date.now(),
})

export const refundRequest = (merchantRefundId: string, paymentId: string, amountMinor = 2_000) => ({
  merchantRefundId,
  paymentId,
  amountMinor,
  currency: 'JPY' as const,
  requestedAtMs: Date.now(),
  reason: '一部返品',
})

/** The value of a yes; throws otherwise. */
export function value<T>(outcome: ProviderOutcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

export const reasonOf = (outcome: ProviderOutcome<unknown>) =>
  outcome.kind === 'unknown' ? outcome.reason : outcome.kind

export const codeOf = (outcome: ProviderOutcome<unknown>) =>
  outcome.kind === 'refused' ? outcome.code : outcome.kind
