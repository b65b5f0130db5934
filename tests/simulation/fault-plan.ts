import { defaultKnobs, type Knobs } from '#embedded/paypay/knobs.ts'
import type { Randomness } from './randomness.ts'
import { READ_MODELS } from './simulated-projections.ts'

const MINUTE_MS = 60_000

/** Probabilities per call, unless named otherwise; zero switches a fault off. */
export interface FaultPlan {
  readonly log: {
    readonly requestLost: number
    readonly answerLost: number
    readonly readFails: number
    /** Mean life of a subscription's connection; `Infinity` when it never drops. */
    readonly connectionLifeMs: number
    /** Per batch of a subscription: it is taken in so slowly that others come up behind it. */
    readonly slowConsumer: number
    /** How often the whole store is away for a while. */
    readonly outages: number
  }
  readonly checkpoints: {
    readonly refused: number
    readonly answerLost: number
    /** Some of the documents of a batch are written, in their order, and then nothing more of it. */
    readonly torn: number
  }
  readonly provider: {
    readonly requestLost: number
    readonly answerLost: number
    /** 429, 401, 500, 503 with a page: nothing happened. */
    readonly badAnswerBefore: number
    /** 500, 503 with a page, cut in the middle: it happened. */
    readonly badAnswerAfter: number
    /** The definite no that PayPay words as a server error. */
    readonly transactionFailed: number
    /** So slow that the call may be over before it arrives. */
    readonly slow: number
    /** An answer that names another amount than was taken. */
    readonly lies: number
    readonly outages: number
  }
  readonly webhooks: {
    readonly lost: number
    readonly doubled: number
    readonly late: number
    readonly corrupt: number
    /** Per order: somebody posts a success that never was. */
    readonly forged: number
  }
  readonly buyers: {
    /** Pays before our create call has its answer, or a code that we never heard of. */
    readonly ahead: number
    /** The provider takes another amount than it was asked for. */
    readonly wrongAmount: number
  }
  /** Per call of a host. */
  readonly kills: number
  /** Per death: the read store is gone as well, checkpoints and alarms included. */
  readonly disksLost: number
  /** Orderly stops, per instance and run. */
  readonly stops: number
  readonly skewMs: number
  /** How often, per instance and run, the clock on the wall that alerting sees jumps by up to an hour, either way. */
  readonly clockJumps: number
}

export interface RunPlan {
  readonly startMs: number
  readonly orders: number
  readonly instances: number
  /** One read store for all instances, or one each. */
  readonly sharedReadStore: boolean
  /** Those that each instance keeps, by their names. */
  readonly readModels: readonly string[]
  /** It costs nearly as much as the shop itself, so a spec that is after something else leaves it out. */
  readonly withAlerting: boolean
  readonly products: number
  readonly unitsPerProduct: number
  /** How many of the orders are paid from a wallet, as a probability. */
  readonly fromWallet: number
  readonly windowMs: number
  /** How long things go wrong. */
  readonly faultsForMs: number
  readonly slowestMs: number
  readonly knobs: Knobs
  readonly faults: FaultPlan
}

export const NO_FAULTS: FaultPlan = {
  log: {
    requestLost: 0,
    answerLost: 0,
    readFails: 0,
    connectionLifeMs: Infinity,
    slowConsumer: 0,
    outages: 0,
  },
  checkpoints: { refused: 0, answerLost: 0, torn: 0 },
  provider: {
    requestLost: 0,
    answerLost: 0,
    badAnswerBefore: 0,
    badAnswerAfter: 0,
    transactionFailed: 0,
    slow: 0,
    lies: 0,
    outages: 0,
  },
  webhooks: { lost: 0, doubled: 0, late: 0, corrupt: 0, forged: 0 },
  buyers: { ahead: 0, wrongAmount: 0 },
  kills: 0,
  disksLost: 0,
  stops: 0,
  skewMs: 0,
  clockJumps: 0,
}

/** Nearly in time, or as far off as goes unnoticed by whoever does not watch: the alarm is at half a minute. */
const SKEWS: readonly [readonly [number, number], readonly [number, number]] = [
  [-800, 800],
  [-20_000, 20_000],
]

/** 23:10 in Japan, so that runs go through midnight and 00:15, when the day's cancel window closes. */
const EVENING_MS = Date.UTC(2026, 10, 20, 14, 10)

/** What this seed is about: a random part of all that can go wrong, and a shop of a random shape. */
export const planOf = (random: Randomness, mostOrders = 8): RunPlan => {
  /** On in a good third of the runs, and then anything up to the given rate. */
  const sometimes = (upTo: number): number => (random.chance(0.35) ? random.next() * upTo : 0)
  const transactionFailed = sometimes(0.1)
  const slow = sometimes(0.2)
  const jumps = random.fork('clock jumps')
  const wallets = random.fork('wallets')
  return {
    startMs: EVENING_MS + random.between(0, 45) * MINUTE_MS,
    orders: random.between(2, mostOrders),
    instances: random.pick([1, 1, 2, 2, 3]),
    sharedReadStore: random.chance(0.5),
    readModels: random.chance(0.25) ? READ_MODELS : [],
    withAlerting: true,
    products: random.between(1, 3),
    unitsPerProduct: random.chance(0.5) ? random.between(1, 4) : 30,
    fromWallet: wallets.chance(0.3) ? wallets.pick([0.3, 0.6, 1]) : 0,
    windowMs: random.between(3, 15) * MINUTE_MS,
    faultsForMs: random.between(8, 30) * MINUTE_MS,
    slowestMs: random.pick([5, 50, 400]),
    knobs: {
      ...defaultKnobs,
      codeLifeMs: random.pick([300_000, 300_000, 120_000]),
      duplicateCreate: random.chance(0.8) ? 'refuse' : 'replay',
      notFoundStatus: random.pick([400, 404]),
      lapsedAnswers: random.chance(0.7) ? 'created' : 'not-found',
      unknownCancel: random.chance(0.8) ? 'accept' : 'not-found',
      cancelSettleMs: random.pick([0, 2_000, 15 * MINUTE_MS]),
      multipleRefunds: random.chance(0.7),
      refundSettleMs: random.pick([0, 3_000, 100 * MINUTE_MS]),
      deleteData: random.pick(['qr-status', 'null']),
      paidDelete: random.pick([
        'DYNAMIC_QR_ALREADY_PAID',
        'DYNAMIC_QR_ALREADY_PAID',
        'DYNAMIC_QR_NOT_FOUND',
        'DYNAMIC_QR_BAD_REQUEST',
      ]),
      refundShows: random.pick(['when-accepted', 'when-settled']),
      refundHttpStatus: random.pick([200, 201]),
    },
    faults: {
      log: {
        requestLost: sometimes(0.05),
        answerLost: sometimes(0.1),
        readFails: sometimes(0.05),
        connectionLifeMs: random.chance(0.35) ? random.between(5, 300) * 1_000 : Infinity,
        slowConsumer: random.chance(0.2) ? 0.1 : 0,
        outages: random.chance(0.2) ? random.between(1, 3) : 0,
      },
      checkpoints: { refused: sometimes(0.3), answerLost: sometimes(0.2), torn: sometimes(0.2) },
      provider: {
        requestLost: sometimes(0.2),
        answerLost: sometimes(0.3),
        badAnswerBefore: sometimes(0.3),
        badAnswerAfter: sometimes(0.2),
        transactionFailed,
        slow,
        lies: random.chance(0.1) ? 0.1 : 0,
        outages: random.chance(0.2) ? random.between(1, 2) : 0,
      },
      webhooks: {
        lost: random.chance(0.2) ? 1 : sometimes(0.9),
        doubled: sometimes(0.7),
        late: sometimes(0.3),
        corrupt: sometimes(0.5),
        forged: sometimes(0.5),
      },
      buyers: {
        // A create that arrives late, or is said to have failed, makes a code that nobody at all can know of.
        ahead: transactionFailed > 0 || slow > 0 ? 0 : sometimes(0.6),
        wrongAmount: random.chance(0.1) ? 0.2 : 0,
      },
      kills: random.chance(0.5) ? random.pick([0.001, 0.005, 0.02, 0.05]) : 0,
      disksLost: random.chance(0.3) ? 0.3 : 0,
      stops: random.chance(0.3) ? random.between(1, 3) : 0,
      skewMs: random.chance(0.3) ? random.between(...random.pick(SKEWS)) : 0,
      clockJumps: jumps.chance(0.35) ? jumps.between(1, 6) : 0,
    },
  }
}
