/** What may follow what in one kind of stream: by the state's name, the event types that may come, and where each leads. */
export interface Transitions {
  readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** States in which something is still to come: in order while work goes on. */
  readonly inFlight: readonly string[]
}

/** The state of a stream that holds nothing yet. */
export const NONE = 'none'

const SURPLUS = 'SurplusPaymentRecorded'

const orderEnds = (open: string): Readonly<Record<string, string>> => ({
  OrderPaid: 'PAID',
  [SURPLUS]: open,
  OrderFailed: 'FAILED',
  OrderCancelled: 'CANCELLED',
})

const answers = (state: string, failed = 'failed'): Readonly<Record<string, string>> => ({
  PaymentObserved: state,
  PaymentFailed: failed,
  PaymentSucceeded: 'succeeded',
})

/**
 * Every legal transition, by the category of the stream; what is not here is illegal, and a state that only leads to
 * itself absorbs. The log outlives the deciders that wrote it, so this table is of its own; a spec holds it against
 * what they decide today. Carts and notifications are left out: all that ever comes to them may come at any time.
 */
export const TRANSITIONS: Readonly<Record<string, Transitions>> = {
  order: {
    inFlight: ['PENDING', 'WAITING_PAYMENT', 'renewing'],
    rows: {
      none: { OrderPlaced: 'PENDING' },
      PENDING: { OrderAwaitingPayment: 'WAITING_PAYMENT', ...orderEnds('PENDING') },
      WAITING_PAYMENT: {
        OrderAwaitingPayment: 'WAITING_PAYMENT',
        PaymentRenewalRequested: 'renewing',
        ...orderEnds('WAITING_PAYMENT'),
      },
      renewing: { OrderAwaitingPayment: 'WAITING_PAYMENT', ...orderEnds('renewing') },
      PAID: {
        [SURPLUS]: 'PAID',
        OrderRefundRequested: 'PAID',
        OrderPartlyRefunded: 'PAID',
        OrderRefundRejected: 'PAID',
        OrderRefunded: 'REFUNDED',
      },
      REFUNDED: { [SURPLUS]: 'REFUNDED' },
      FAILED: { [SURPLUS]: 'FAILED' },
      CANCELLED: { [SURPLUS]: 'CANCELLED' },
    },
  },
  payment: {
    // An attempt may stand open for ever: its order has ended, and it is watched for a day in case money surfaces.
    inFlight: [],
    rows: {
      none: { PaymentRequested: 'requested' },
      requested: { PaymentCodeIssued: 'open', PaymentOrphaned: 'orphaned', ...answers('requested') },
      open: { PaymentCodeDeleted: 'deleted', PaymentLapsed: 'lapsed', ...answers('open') },
      deleted: { PaymentLapsed: 'deleted and lapsed', ...answers('deleted') },
      lapsed: { PaymentCodeDeleted: 'deleted and lapsed', ...answers('lapsed') },
      'deleted and lapsed': answers('deleted and lapsed'),
      orphaned: { PaymentCancelAnswered: 'orphaned', ...answers('orphaned', 'failed orphan') },
      // Money is money, whatever was believed before.
      failed: { PaymentObserved: 'failed', PaymentSucceeded: 'succeeded' },
      'failed orphan': {
        PaymentCancelAnswered: 'failed orphan',
        PaymentObserved: 'failed orphan',
        PaymentSucceeded: 'succeeded',
      },
      succeeded: {
        PaymentObserved: 'succeeded',
        RefundRequested: 'succeeded',
        RefundCompleted: 'succeeded',
        RefundRejected: 'succeeded',
      },
    },
  },
  stock: {
    inFlight: [],
    rows: {
      none: { StockReceived: 'known' },
      known: {
        StockReceived: 'known',
        StockAdjusted: 'known',
        StockReserved: 'known',
        StockReservationConfirmed: 'known',
        StockReservationReleased: 'known',
        StockReturned: 'known',
      },
    },
  },
  product: {
    inFlight: [],
    rows: {
      none: { ProductListed: 'ACTIVE' },
      ACTIVE: {
        ProductRepriced: 'ACTIVE',
        ProductDescribed: 'ACTIVE',
        ProductImageAttached: 'ACTIVE',
        ProductDelisted: 'DELISTED',
      },
      DELISTED: { ProductListed: 'ACTIVE', ProductImageAttached: 'DELISTED' },
    },
  },
  checkout: {
    inFlight: ['open', 'short of stock'],
    rows: {
      none: { CheckoutStarted: 'open' },
      open: { CheckoutShortageMet: 'short of stock', CheckoutAttemptChosen: 'open', CheckoutEnded: 'ended' },
      'short of stock': { CheckoutAttemptChosen: 'short of stock', CheckoutEnded: 'ended' },
      ended: {},
    },
  },
  confirmation: {
    inFlight: [],
    rows: {
      none: { ConfirmationOpened: 'open' },
      open: { ConfirmationClosed: 'closed' },
      closed: {},
    },
  },
}

/** One refund of an attempt, whose events stand in the attempt's stream. */
export const REFUND: Transitions = {
  // Whether money is still on its way back is I3.
  inFlight: [],
  rows: {
    none: { RefundRequested: 'requested' },
    requested: { RefundCompleted: 'completed', RefundRejected: 'rejected' },
    completed: {},
    rejected: {},
  },
}

/** One refund that staff asked for, whose events stand in the order's stream. */
export const ORDER_REFUND: Transitions = {
  inFlight: ['requested'],
  rows: {
    none: { OrderRefundRequested: 'requested' },
    requested: {
      OrderPartlyRefunded: 'completed',
      OrderRefunded: 'completed',
      OrderRefundRejected: 'rejected',
    },
    completed: {},
    rejected: {},
  },
}
