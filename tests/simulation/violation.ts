/** Something that must never be, with where and when it was found. */
export interface Violation {
  /** I1 to I13 as the rules of the house number them; `parked` when a step kept failing, `crash` when the run did. */
  readonly rule: string
  readonly message: string
  readonly orderId?: string
  readonly atMs: number
  readonly facts: Readonly<Record<string, string | number>>
}
