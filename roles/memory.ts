/**
 * How Node runs the processes of one machine. V8 sizes its heaps by the machine's memory, so that a shop on a big
 * machine grows to a gigabyte before it tidies up; with these it stays where its work needs it (docs/performance.md).
 * `npm start` in package.json names the same ones.
 */
export const SHOP_FLAGS: readonly string[] = [
  '--max-semi-space-size=4',
  '--max-old-space-size=384',
  // kafkajs asks for timers in the past, which Node makes due at once, with a warning.
  '--disable-warning=TimeoutNegativeWarning',
]
export const CHILD_FLAGS: readonly string[] = ['--max-semi-space-size=2', '--max-old-space-size=256']

/**
 * The event store makes much that lives for one commit. With two megabytes for the young, tidying up took a third of its time;
 * with eight it grew no larger (ADR 0015).
 */
export const EVENT_STORE_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--max-old-space-size=256']
