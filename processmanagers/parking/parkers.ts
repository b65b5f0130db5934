/** Everything that runs as a process and so may park a key, by the name in `parked-{name}`. */
export const PARKERS = [
  'checkout',
  'payment-confirmation',
  'remediation',
  'refunding',
  'forgetting',
  'mailing',
  'relay',
] as const
