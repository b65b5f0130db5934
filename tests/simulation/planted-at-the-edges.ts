import { z } from 'zod'
import { payment } from '#domain/payment/aggregate.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import type { Planted } from './planted.ts'
import { appending, renamed } from './planting.ts'

/** What a webhook says, as far as whoever believes it reads it. */
const Said = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(z.object({ state: z.string(), order_id: z.string(), order_amount: z.coerce.number() }))

/** Mistakes in how the log, the read store, the clock, the provider and the web are used. */
export const PLANTED_AT_THE_EDGES: readonly Planted[] = [
  {
    name: 'the expected revision is ignored',
    seed: 2,
    within: 30,
    bug: {
      store: appending(async (store, stream, events, expected) => {
        const result = await store.append(stream, events, expected)
        if (result.kind === 'appended') return result
        const last = await store.last(stream)
        return store.append(stream, events, last?.revision ?? 'no-stream')
      }),
    },
  },
  {
    name: 'an append without an answer is made anew',
    seed: 138,
    within: 250,
    bug: {
      store: appending(async (store, stream, events, expected) => {
        try {
          return await store.append(stream, events, expected)
        } catch (error) {
          if (!(error instanceof EventStoreUnavailable)) throw error
          const last = await store.last(stream)
          return store.append(stream, renamed(events, 'again'), last?.revision ?? 'no-stream')
        }
      }),
    },
  },
  {
    name: 'an append without an answer is taken for done',
    seed: 84,
    within: 200,
    bug: {
      store: appending(async (store, stream, events, expected) => {
        try {
          return await store.append(stream, events, expected)
        } catch (error) {
          if (!(error instanceof EventStoreUnavailable)) throw error
          const before = expected === 'no-stream' ? -1 : expected
          return { kind: 'appended', revision: before + events.length, position: 0 }
        }
      }),
    },
  },
  {
    name: 'the checkpoint is saved before the work',
    seed: 1,
    within: 60,
    bug: {
      processStore: (store, readStore) => ({
        ...store,
        subscribe: async function* (options) {
          for await (const batch of store.subscribe(options)) {
            if (batch.position !== undefined)
              await readStore
                .commit({
                  writes: [],
                  checkpoint: { name: `process:${options.name}`, position: batch.position },
                })
                .catch(() => {})
            yield batch
          }
        },
      }),
    },
  },
  {
    name: 'alarms are not stored with the checkpoint',
    seed: 4,
    within: 60,
    bug: {
      readStore: (readStore) => ({
        ...readStore,
        commit: (batch) => readStore.commit({ ...batch, writes: [] }),
      }),
    },
  },
  {
    name: 'alarms go off before the log is read to its end',
    seed: 20,
    within: 100,
    bug: {
      processStore: (store) => ({
        ...store,
        subscribe: async function* (options) {
          for await (const batch of store.subscribe(options)) yield { ...batch, caughtUp: true }
        },
      }),
    },
  },
  {
    name: 'the processes are ten minutes ahead',
    seed: 2,
    within: 30,
    bug: { processClock: (clock) => ({ ...clock, nowMs: () => clock.nowMs() + 600_000 }) },
  },
  {
    name: 'no answer is taken for a failure',
    seed: 4,
    within: 30,
    bug: {
      provider: (provider) => ({
        ...provider,
        paymentDetails: async (id, ...rest) => {
          const answer = await provider.paymentDetails(id, ...rest)
          return answer.kind === 'unknown'
            ? { kind: 'ok', value: { kind: 'found', status: 'FAILED', refunds: [] } }
            : answer
        },
      }),
    },
  },
  {
    name: 'a buyer in the middle of paying is taken for one who does not',
    seed: 35,
    within: 100,
    bug: {
      provider: (provider) => ({
        ...provider,
        paymentDetails: async (id, ...rest) => {
          const answer = await provider.paymentDetails(id, ...rest)
          if (answer.kind !== 'ok' || answer.value.kind !== 'found' || answer.value.status !== 'CREATED')
            return answer
          return { kind: 'ok', value: { kind: 'found', status: 'CREATED', refunds: [] } }
        },
      }),
    },
  },
  {
    name: 'a code is renewed without deleting the old one',
    seed: 7,
    within: 60,
    bug: {
      provider: (provider) => ({
        ...provider,
        deleteCode: () => Promise.resolve({ kind: 'ok', value: 'deleted' }),
      }),
    },
  },
  {
    name: 'a create is tried under a new id and the lost one left payable',
    seed: 9,
    within: 60,
    bug: {
      provider: (provider) => ({
        ...provider,
        cancelPayment: () => Promise.resolve({ kind: 'ok', value: 'accepted' }),
      }),
    },
  },
  {
    name: 'every try of a refund has an id of its own',
    seed: 2,
    within: 60,
    bug: {
      provider: (provider, host) => ({
        ...provider,
        refundPayment: (request) =>
          provider.refundPayment({
            ...request,
            merchantRefundId: `${request.merchantRefundId}_${host.random.between(0, 1_000_000)}`,
          }),
      }),
    },
  },
  {
    name: "a webhook's body is believed",
    seed: 2,
    within: 60,
    bug: {
      believe: async (commands, id, orderId, body, host) => {
        const said = Said.safeParse(body)
        if (!said.success) return
        const commandId = host.newId()
        await commands.run(
          payment,
          id,
          {
            type: 'RecordPaymentObservation',
            observation: {
              status: said.data.state,
              paymentId: said.data.order_id,
              amount: { amountMinor: said.data.order_amount, currency: 'JPY' },
              refunds: [],
            },
            source: 'webhook',
            atMs: host.clock.nowMs(),
          },
          { commandId, correlationId: orderId, causationId: commandId, actor: 'provider:paypay' },
        )
      },
    },
  },
  {
    name: 'the key of a repeated request is not looked at',
    seed: 4,
    within: 30,
    bug: { idempotencyKey: (key, host) => `${key}-${host.newId()}` },
  },
]
