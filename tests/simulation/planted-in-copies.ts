import { derivedId } from '#platform/ids/ids.ts'
import { eventLog } from '#projections/event-log/projection.ts'
import { orderAudit } from '#projections/order-audit/projection.ts'
import type { Planted } from './planted.ts'

/** Mistakes in how read models are folded and stored. The first two are made by every fold, so folding again shows none of them. */
export const PLANTED_IN_COPIES: readonly Planted[] = [
  {
    name: 'money that comes late leaves no trace in the audit of its order',
    seed: 7,
    within: 60,
    rule: 'I10',
    bug: {
      projection: (projection) =>
        projection.name === orderAudit.name
          ? { ...projection, handles: projection.handles.filter((type) => type !== 'SurplusPaymentRecorded') }
          : projection,
    },
  },
  {
    name: 'two events of one command are one to the event log',
    seed: 7,
    within: 30,
    rule: 'I10',
    bug: {
      projection: (projection) =>
        projection.name === eventLog.name
          ? { ...projection, key: ({ metadata }) => derivedId(metadata.commandId, 'event') }
          : projection,
    },
  },
  {
    name: 'the checkpoint of the read models is saved before their documents',
    seed: 20,
    within: 60,
    rule: 'I9',
    bug: {
      projectionReadStore: (readStore) => ({
        ...readStore,
        commit: async ({ checkpoint, checkpoints, ...batch }) => {
          await readStore.commit({
            writes: [],
            ...(checkpoint === undefined ? {} : { checkpoint }),
            ...(checkpoints === undefined ? {} : { checkpoints }),
          })
          await readStore.commit(batch)
        },
      }),
    },
  },
]
