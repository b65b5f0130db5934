/**
 * One event of the log as auditors look for it. Its id is the event's. What the event says is not in here: it is read
 * from the event store when somebody asks, so that the read store stays small and holds nothing that must be forgotten.
 */
export interface LoggedEvent {
  readonly position: number
  readonly stream: string
  readonly revision: number
  readonly type: string
  /** The order or other business case. */
  readonly correlationId: string
  /** The id of the event or request that led to this one. */
  readonly causationId: string
  /** In full, the buyer's id too: `customer:…`, `staff:…`, `process:checkout`. Never a name or an address. */
  readonly actor: string
  /** When the log recorded it, epoch milliseconds. */
  readonly atMs: number
}
