/** Of a one-line PayPay order from basket to sold, the webhook included, and one for each mail, which nothing waits for. */
export const APPENDS_PER_ORDER = { ofTheOrder: 13, ofItsMails: 2 } as const
